package org.example.transport;

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

/** Passes everything on to another transport. */
final class PassingTransport implements Transport {

    private final Transport delegate;

    PassingTransport(Transport delegate) {
        this.delegate = delegate;
    }

    @Override
    public String description() {
        return delegate.description();
    }

    @Override
    public SourceMode mode() throws IOException {
        return delegate.mode();
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        return delegate.problems();
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        delegate.list(closed, visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        return delegate.read(path, maxLength);
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        delegate.fetch(ranges, receiver);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        return delegate.different(ranges, directory);
    }

    @Override
    public WalSegmentSource wal() {
        return delegate.wal();
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        return delegate.replayEnd();
    }

    @Override
    public void close() throws IOException {
        delegate.close();
    }
}
