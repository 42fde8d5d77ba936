package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** The files of a backup that lie in tar files. */
final class TarFiles implements BackupFiles {

    private static final int PIECE = 128 * 1024;
    private static final DataPath VERSION = DataPath.of("PG_VERSION");
    private static final int READABLE_BY_GROUP = 040;

    private final Path directory;
    private final TarStore store;
    private final SortedMap<DataPath, TarMember> members;
    private final CallGuard gate;

    private TarFiles(Path directory, TarStore store, SortedMap<DataPath, TarMember> members) {
        this.directory = directory;
        this.store = store;
        this.members = members;
        this.gate = new CallGuard(description());
    }

    static TarFiles open(Path directory, TarStore store) throws IOException {
        try {
            return new TarFiles(directory, store, TarIndex.of(store));
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return "base backup \"" + directory + "\"";
    }

    /** PostgreSQL writes its own name for everybody's, so whose a file was is not told. */
    @Override
    public BackupEntry entry(SourceFile file) throws IOException {
        TarMember member = members.get(file.path());
        if (member == null) {
            throw new NoSuchFileException(file.path().toString());
        }
        return new BackupEntry(
                file,
                new BackupEntry.Attributes(member.mode(), Optional.empty(), Optional.empty()),
                file.type() == SourceFile.Type.FILE ? Optional.of(member.modified()) : Optional.empty(),
                Optional.empty());
    }

    /** It is no member; its files tell whether the group may read it. */
    @Override
    public BackupEntry.Attributes dataDirectory() {
        TarMember version = members.get(VERSION);
        boolean isGroups = version != null && (version.mode() & READABLE_BY_GROUP) != 0;
        return new BackupEntry.Attributes(isGroups ? 0750 : 0700, Optional.empty(), Optional.empty());
    }

    @Override
    public SourceMode mode() throws IOException {
        gate.enter();
        return SourceMode.STOPPED;
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        gate.enter();
        return List.of();
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        gate.enter();
        for (TarMember member : members.values()) {
            gate.proceed();
            DataPath path = member.file().path();
            if (path.isOfCluster() && !isBelow(path, closed)) {
                visitor.visit(member.file());
            }
        }
    }

    private static boolean isBelow(DataPath path, Set<DataPath> closed) {
        if (closed.isEmpty()) {
            return false;
        }
        Optional<DataPath> parent = path.parent();
        while (parent.isPresent() && !closed.contains(parent.get())) {
            parent = parent.get().parent();
        }
        return parent.isPresent();
    }

    /** Null if there is no such file. */
    private @Nullable TarMember file(DataPath path) throws IOException {
        TarMember member = members.get(path);
        if (member == null) {
            requireNoLink(path);
        } else if (member.tar() == null) {
            throw new IOException("not a regular file: \"" + path + "\" of " + description());
        }
        return member;
    }

    /** What a link would lead to is not in the backup. */
    private void requireNoLink(DataPath path) {
        Optional<DataPath> parent = path.parent();
        while (parent.isPresent()) {
            TarMember above = members.get(parent.get());
            if (above != null
                    && above.file().type() == SourceFile.Type.SYMLINK
                    && !above.file().path().isTablespace()) {
                throw new UnsafePathException(path.toString(), "\"" + parent.get() + "\" is a symbolic link");
            }
            parent = parent.get().parent();
        }
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("greatest length: " + maxLength);
        }
        gate.enter();
        TarMember member = file(path);
        if (member == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (member.file().size() > maxLength) {
            throw new IOException(
                    "file \"" + path + "\" of " + description() + " is longer than " + maxLength + " bytes");
        }
        ByteBuffer content = ByteBuffer.allocate((int) member.file().size());
        read(member, content, 0);
        return content.array();
    }

    /** Fills the buffer, which has no more room than the member has bytes from there on. */
    private void read(TarMember member, ByteBuffer target, long position) throws IOException {
        PlainTar tar = member.tar();
        int begin = target.position();
        while (target.hasRemaining()) {
            long at = member.offset() + position + target.position() - begin;
            gate.proceed();
            if (tar == null || tar.read(target, at) < 0) {
                throw BackupException.at(
                        "file \"" + member.file().path() + "\" of " + description(),
                        "its tar file was cut while it was read, at offset " + at);
            }
        }
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        gate.enter();
        ByteBuffer buffer = ByteBuffer.allocate(PIECE);
        int index = 0;
        for (FileRange range : ranges) {
            gate.proceed();
            TarMember member = file(range.path());
            if (member == null) {
                receiver.vanished(index);
            } else {
                long end = Math.min(range.end(), member.file().size());
                for (long position = range.offset(); position < end; ) {
                    buffer.clear().limit((int) Math.min(PIECE, end - position));
                    read(member, buffer, position);
                    int length = buffer.position();
                    receiver.bytes(index, position, buffer.flip());
                    position += length;
                }
                receiver.end(index, Math.max(0, end - range.offset()));
            }
            index++;
        }
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        gate.enter();
        DataDirectory theirs = DataDirectory.of(other);
        BitSet different = new BitSet(ranges.size());
        int index = 0;
        for (FileRange range : ranges) {
            gate.proceed();
            different.set(index, differs(range, theirs));
            index++;
        }
        return different;
    }

    private boolean differs(FileRange range, DataDirectory theirs) throws IOException {
        TarMember member = file(range.path());
        try (FileChannel file = theirs.open(range.path())) {
            if (member == null) {
                return true;
            }
            long end = Math.min(range.end(), member.file().size());
            if (lengthIn(range, file.size()) != lengthIn(range, member.file().size())) {
                return true;
            }
            ByteBuffer mine = ByteBuffer.allocate(PIECE);
            ByteBuffer other = ByteBuffer.allocate(PIECE);
            for (long position = range.offset(); position < end; position += mine.limit()) {
                int length = (int) Math.min(PIECE, end - position);
                read(member, mine.clear().limit(length), position);
                other.clear().limit(length);
                while (other.hasRemaining() && gate.read(file, other, position + other.position()) >= 0) {
                    // Goes on until the piece is full or the file ends.
                }
                if (!mine.flip().equals(other.flip())) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private static long lengthIn(FileRange range, long size) {
        return Math.max(0, Math.min(range.end(), size) - range.offset());
    }

    @Override
    public WalSegmentSource wal() {
        return gate.guard(this::segment);
    }

    private Optional<WalSegment> segment(WalSegmentName name) throws IOException {
        TarMember current = file(DataPath.of("pg_wal").resolve(name.fileName()));
        TarMember member = current == null ? file(DataPath.of("pg_xlog").resolve(name.fileName())) : current;
        return member == null ? Optional.empty() : Optional.of(new Segment(member));
    }

    private final class Segment implements WalSegment {
        private final TarMember member;

        Segment(TarMember member) {
            this.member = member;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            long rest = member.file().size() - position;
            if (rest <= 0) {
                return -1;
            }
            int length = (int) Math.min(target.remaining(), rest);
            ByteBuffer part = target.slice().limit(length);
            TarFiles.this.read(member, part, position);
            target.position(target.position() + length);
            return length;
        }

        @Override
        public void close() {
            // The tar file stays open for the others.
        }
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        return ReplayEnd.ofStopped(controlFile());
    }

    @Override
    public void close() {
        if (gate.close()) {
            store.close();
        }
    }
}
