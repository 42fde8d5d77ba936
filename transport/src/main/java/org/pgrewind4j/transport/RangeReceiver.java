package org.pgrewind4j.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes the bytes that {@link Transport#fetch} brings.
 *
 * <p>For each range: any number of {@link #bytes} (none for an empty one), whose chunks follow each other without gap
 * or overlap from the range's offset on, then exactly one of {@link #end} and {@link #vanished}. Chunks of different
 * ranges may come in any order, and between those of others. All calls come from the thread that called
 * {@code fetch}, one at a time.
 *
 * <p>Whatever a method throws ends the fetch and reaches its caller as it is; no further call follows.
 */
public interface RangeReceiver {

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
     * @param delivered how many bytes came; less than asked for means that the file ended there, at the moment when it
     *     was read
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
