package org.pgrewind4j.transport.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.BitSet;
import java.util.List;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.FileRange;

/** One call of {@link LocalDirectoryTransport#different}: both sides are read, byte for byte. */
final class LocalComparison {

    private final DataDirectory mine;
    private final ByteBuffer myBytes;
    private final DataDirectory theirs;
    private final ByteBuffer theirBytes;
    private final CallGuard gate;

    LocalComparison(
            DataDirectory mine, ByteBuffer myBytes, DataDirectory theirs, ByteBuffer theirBytes, CallGuard gate) {
        this.mine = mine;
        this.myBytes = myBytes;
        this.theirs = theirs;
        this.theirBytes = theirBytes;
        this.gate = gate;
    }

    BitSet different(List<FileRange> ranges) throws IOException {
        BitSet different = new BitSet(ranges.size());
        int index = 0;
        for (FileRange range : ranges) {
            gate.proceed();
            different.set(index, differs(range));
            index++;
        }
        return different;
    }

    private boolean differs(FileRange range) throws IOException {
        try (FileChannel a = mine.open(range.path());
                FileChannel b = theirs.open(range.path())) {
            for (long position = range.offset(); position < range.end(); ) {
                int wanted = (int) Math.min(myBytes.capacity(), range.end() - position);
                read(a, position, myBytes, wanted);
                read(b, position, theirBytes, wanted);
                if (!myBytes.equals(theirBytes)) {
                    return true;
                }
                if (myBytes.remaining() < wanted) {
                    // Both end here.
                    return false;
                }
                position += wanted;
            }
            return false;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** Reads as much as there is, so that equal files give equal pieces. */
    private void read(FileChannel file, long position, ByteBuffer bytes, int wanted) throws IOException {
        bytes.clear().limit(wanted);
        while (bytes.hasRemaining() && gate.read(file, bytes, position + bytes.position()) >= 0) {
            // Goes on until the piece is full or the file ends.
        }
        bytes.flip();
    }
}
