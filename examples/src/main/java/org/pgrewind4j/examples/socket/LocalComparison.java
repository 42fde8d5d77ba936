package org.pgrewind4j.examples.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.local.DataDirectory;

/** Compares what comes with files on this machine, piece by piece. */
final class LocalComparison implements RangeReceiver {

    private final List<FileRange> ranges;
    private final DataDirectory directory;
    private final BitSet different = new BitSet();

    LocalComparison(List<FileRange> ranges, Path directory) {
        this.ranges = ranges;
        this.directory = DataDirectory.of(directory);
    }

    BitSet different() {
        return different;
    }

    @Override
    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
        if (different.get(range)) {
            return;
        }
        try (FileChannel file = directory.open(ranges.get(range).path())) {
            ByteBuffer here = ByteBuffer.allocate(chunk.remaining());
            int read;
            do {
                read = file.read(here, offset + here.position());
            } while (read > 0 && here.hasRemaining());
            if (!here.flip().equals(chunk)) {
                different.set(range);
            }
        } catch (NoSuchFileException e) {
            different.set(range);
        }
    }

    @Override
    public void end(int range, long delivered) throws IOException {
        FileRange asked = ranges.get(range);
        try (FileChannel file = directory.open(asked.path())) {
            long here = Math.max(0, Math.min(file.size(), asked.end()) - asked.offset());
            if (here != delivered) {
                different.set(range);
            }
        } catch (NoSuchFileException e) {
            different.set(range);
        }
    }

    @Override
    public void vanished(int range) {
        different.set(range);
    }
}
