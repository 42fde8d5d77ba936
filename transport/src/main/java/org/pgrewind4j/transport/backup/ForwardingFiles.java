package org.pgrewind4j.transport.backup;

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

/** Files that are read by another transport. */
abstract class ForwardingFiles implements BackupFiles {

    private final Transport files;

    ForwardingFiles(Transport files) {
        this.files = files;
    }

    @Override
    public String description() {
        return files.description();
    }

    @Override
    public SourceMode mode() throws IOException {
        return files.mode();
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        return files.problems();
    }

    @Override
    public boolean isSame(DataPath place, Path other) throws IOException {
        return files.isSame(place, other);
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        files.list(closed, visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        return files.read(path, maxLength);
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        files.fetch(ranges, receiver);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        return files.different(ranges, other);
    }

    @Override
    public WalSegmentSource wal() {
        return files.wal();
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        return files.replayEnd();
    }
}
