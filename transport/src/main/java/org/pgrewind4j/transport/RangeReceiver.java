package org.pgrewind4j.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Takes the bytes that {@link Transport#fetch} brings.
 *
 * <p>For each range: any number of {@link #transfer}, then any number of {@link #bytes} (none for an empty one), whose
 * chunks follow each other without gap or overlap from the range's offset on, or from the end of what was transferred,
 * then exactly one of {@link #end} and {@link #vanished}. Chunks of different ranges may come in any order, and between
 * those of others. All calls come from the thread that called {@code fetch}, one at a time.
 *
 * <p>Whatever a method throws ends the fetch and reaches its caller as it is; no further call follows.
 */
public interface RangeReceiver {

    /**
     * Offers a piece of a range as a part of an open file. Whoever puts it into a file of its own can have the operating
     * system copy it, see {@link FileChannel#transferTo}: that is faster, and on one file system it may share the blocks
     * instead. Only a source on this machine offers it. The next piece is offered when this one was taken whole; all that
     * is not taken comes as {@link #bytes}.
     *
     * @param range the range's index in the list that was asked for
     * @param file the file, to be read only, and not longer than this call; its position means nothing
     * @param offset where in the file the piece begins, in bytes
     * @param length how many bytes are offered; the file may end before
     * @return how many bytes from there on were taken, at most the length; by default 0
     * @throws IOException if they cannot be taken
     */
    default long transfer(int range, FileChannel file, long offset, long length) throws IOException {
        return 0;
    }

    /**
     * Takes a piece of a range.
     *
     * @param range the range's index in the list that was asked for
     * @param offset where in the file the piece belongs, in bytes
     * @param chunk the bytes, from the buffer's position to its limit, at least one; the buffer is used again, so
     *     it must not be kept, and what the receiver leaves unread is lost
     * @throws IOException if they cannot be taken
     */
    void bytes(int range, long offset, ByteBuffer chunk) throws IOException;

    /**
     * Says that a range is complete, or that its file ends within it.
     *
     * @param range the range's index in the list that was asked for
     * @param delivered how many bytes came, transferred or not; less than asked for means that the file ended there, at
     *     the moment when it was read
     * @throws IOException to end the fetch
     */
    void end(int range, long delivered) throws IOException;

    /**
     * Says that a range's file is not there, or went away while the range was read.
     *
     * @param range the range's index in the list that was asked for; pieces that came before are worth nothing
     * @throws IOException to end the fetch
     */
    void vanished(int range) throws IOException;
}
