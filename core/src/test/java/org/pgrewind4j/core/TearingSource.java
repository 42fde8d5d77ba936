package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentSource;

/** Delivers the first page of one file torn, a number of times, and remembers when it was asked for what. */
final class TearingSource implements Transport {

    private final Transport source;
    private final DataPath torn;
    private int times;
    private final List<String> calls = new ArrayList<>();

    TearingSource(Transport source, DataPath torn, int times) {
        this.source = source;
        this.torn = torn;
        this.times = times;
    }

    /** "page" for each time that the page was asked for, and "end" for each question for the end of replay. */
    List<String> calls() {
        return calls;
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        source.fetch(ranges, new RangeReceiver() {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                boolean isTorn = ranges.get(range).path().equals(torn) && offset == 0;
                if (isTorn) {
                    calls.add("page");
                }
                receiver.bytes(range, offset, isTorn && times-- > 0 ? torn(chunk) : chunk);
            }

            @Override
            public void end(int range, long delivered) throws IOException {
                receiver.end(range, delivered);
            }

            @Override
            public void vanished(int range) throws IOException {
                receiver.vanished(range);
            }
        });
    }

    private static ByteBuffer torn(ByteBuffer chunk) {
        ByteBuffer changed = ByteBuffer.allocate(chunk.remaining()).put(chunk).flip();
        changed.put(8000, (byte) (changed.get(8000) ^ 1));
        return changed;
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        calls.add("end");
        return source.replayEnd();
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public SourceMode mode() throws IOException {
        return source.mode();
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        return source.problems();
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        source.list(closed, visitor);
    }

    @Override
    public byte[] read(DataPath path, int limit) throws IOException {
        return source.read(path, limit);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        return source.different(ranges, directory);
    }

    @Override
    public WalSegmentSource wal() {
        return source.wal();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
