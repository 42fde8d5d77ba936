package org.pgrewind4j.transport.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;

/** One call of {@link LocalDirectoryTransport#fetch}: positional reads, with the last file kept open. */
final class LocalFetch implements Closeable {

    private static final long OFFERED_AT_ONCE = 16L << 20;

    private final DataDirectory directory;
    private final CallGuard gate;
    private final ByteBuffer buffer;
    private final RangeReceiver receiver;

    private @Nullable DataPath path;
    private @Nullable FileChannel file;

    LocalFetch(DataDirectory directory, CallGuard gate, ByteBuffer buffer, RangeReceiver receiver) {
        this.directory = directory;
        this.gate = gate;
        this.buffer = buffer;
        this.receiver = receiver;
    }

    void run(List<FileRange> ranges) throws IOException {
        int index = 0;
        for (FileRange range : ranges) {
            gate.proceed();
            FileChannel source = open(range.path());
            if (source == null) {
                receiver.vanished(index);
            } else {
                receiver.end(index, copy(source, index, range));
            }
            index++;
        }
    }

    private @Nullable FileChannel open(DataPath wanted) throws IOException {
        if (!wanted.equals(path)) {
            close();
            try {
                file = directory.open(wanted);
            } catch (NoSuchFileException e) {
                file = null;
            }
            path = wanted;
        }
        return file;
    }

    private long copy(FileChannel source, int index, FileRange range) throws IOException {
        long position = range.offset() + transferred(source, index, range);
        while (position < range.end()) {
            buffer.clear().order(ByteOrder.BIG_ENDIAN);
            buffer.limit((int) Math.min(buffer.capacity(), range.end() - position));
            int length = gate.read(source, buffer, position);
            if (length < 0) {
                break;
            }
            receiver.bytes(index, position, buffer.flip());
            position += length;
        }
        return position - range.offset();
    }

    /** Offers piece after piece until one is not taken whole: nothing ends the receiver's work on a piece. */
    private long transferred(FileChannel source, int index, FileRange range) throws IOException {
        long done = 0;
        long taken = OFFERED_AT_ONCE;
        while (taken == OFFERED_AT_ONCE && done < range.length()) {
            gate.proceed();
            long offered = Math.min(OFFERED_AT_ONCE, range.length() - done);
            taken = receiver.transfer(index, source, range.offset() + done, offered);
            if (taken < 0 || taken > offered) {
                throw new IllegalStateException("the receiver took " + taken + " of " + offered + " bytes");
            }
            done += taken;
        }
        return done;
    }

    @Override
    public void close() throws IOException {
        FileChannel open = file;
        file = null;
        path = null;
        if (open != null) {
            open.close();
        }
    }
}
