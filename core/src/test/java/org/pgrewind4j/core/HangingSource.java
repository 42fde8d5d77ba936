package org.pgrewind4j.core;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentSource;

/** A source that answers all questions, but sends no file: it waits until it is interrupted. */
final class HangingSource implements Transport {

    private final Transport source;
    private final Runnable whenItHangs;

    HangingSource(Transport source, Runnable whenItHangs) {
        this.source = source;
        this.whenItHangs = whenItHangs;
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        Thread other = new Thread(whenItHangs);
        other.start();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
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
