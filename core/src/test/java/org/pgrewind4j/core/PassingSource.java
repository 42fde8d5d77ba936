package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Path;
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

/** Passes everything on to another source: what a test wants to be different, it overrides. */
public class PassingSource implements Transport {

    private final Transport source;

    public PassingSource(Transport source) {
        this.source = source;
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
    public byte[] read(DataPath path, int maxLength) throws IOException {
        return source.read(path, maxLength);
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        source.fetch(ranges, receiver);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        return source.different(ranges, other);
    }

    @Override
    public WalSegmentSource wal() {
        return source.wal();
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        return source.replayEnd();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
