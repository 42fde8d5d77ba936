package org.pgrewind4j.testkit.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/** Passes every call on to another transport; a subclass changes what a test is about. */
public abstract class ForwardingTransport implements Transport {

    private final Transport delegate;

    /**
     * For subclasses.
     *
     * @param delegate what the calls go to; closed with this
     */
    protected ForwardingTransport(Transport delegate) {
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
    public boolean isSame(DataPath place, Path directory) throws IOException {
        return delegate.isSame(place, directory);
    }

    @Override
    public ControlFile controlFile() throws IOException {
        return delegate.controlFile();
    }

    @Override
    public Optional<TimelineHistory> history(PostgresVersion version, TimelineId timeline) throws IOException {
        return delegate.history(version, timeline);
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
    public RetainedWal retainWal() throws IOException {
        return delegate.retainWal();
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
