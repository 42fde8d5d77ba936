package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentSource;

/** A listing made by hand. */
public final class ListedFiles implements Transport {

    private final List<SourceFile> files = new ArrayList<>();

    public ListedFiles file(String path, long size) {
        files.add(SourceFile.file(DataPath.of(path), size));
        return this;
    }

    public ListedFiles directory(String path) {
        files.add(SourceFile.directory(DataPath.of(path)));
        return this;
    }

    public ListedFiles link(String path, String target) {
        files.add(SourceFile.symlink(DataPath.of(path), target));
        return this;
    }

    public Listing listing(RelationGeometry geometry) {
        try {
            return Listing.of(this, Set.of(), geometry);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        for (SourceFile file : files) {
            visitor.visit(file);
        }
    }

    @Override
    public String description() {
        return "a listing";
    }

    @Override
    public SourceMode mode() {
        return SourceMode.STOPPED;
    }

    @Override
    public List<SourceProblem> problems() {
        return List.of();
    }

    @Override
    public byte[] read(DataPath path, int maxLength) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WalSegmentSource wal() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReplayEnd replayEnd() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
