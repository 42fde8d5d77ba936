package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.backup.BaseBackup;
import org.pgrewind4j.transport.backup.Checksum;
import org.pgrewind4j.wal.WalSegmentSource;

/** A base backup that knows the checksums of its files, of each algorithm some. */
public final class HashedBackup implements Backup {

    private final Path directory;
    private final BaseBackup backup;

    private HashedBackup(Path directory, BaseBackup backup) {
        this.directory = directory;
        this.backup = backup;
    }

    public static HashedBackup open(Path directory) throws IOException {
        return new HashedBackup(directory, BaseBackup.open(directory));
    }

    @Override
    public BackupFacts facts() {
        return backup.facts();
    }

    @Override
    public void entries(Visitor visitor) throws IOException {
        backup.entries(entry -> visitor.visit(
                new BackupEntry(entry.file(), entry.attributes(), entry.modified(), checksum(entry.file()))));
    }

    private Optional<Checksum> checksum(SourceFile file) throws IOException {
        if (file.type() != SourceFile.Type.FILE || file.size() == 0) {
            return Optional.empty();
        }
        Checksum.Algorithm[] all = Checksum.Algorithm.values();
        Checksum.Algorithm algorithm = all[Math.floorMod(file.path().hashCode(), all.length)];
        byte[] content = Files.readAllBytes(file.path().in(directory));
        if (algorithm == Checksum.Algorithm.CRC32C) {
            CRC32C crc = new CRC32C();
            crc.update(content);
            int value = Integer.reverseBytes((int) crc.getValue());
            return Optional.of(new Checksum(algorithm, String.format(Locale.ROOT, "%08x", value)));
        }
        try {
            return Optional.of(Checksum.of(
                    algorithm, MessageDigest.getInstance(algorithm.digestName()).digest(content)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String description() {
        return backup.description();
    }

    @Override
    public SourceMode mode() throws IOException {
        return backup.mode();
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        return backup.problems();
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        backup.list(closed, visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        return backup.read(path, maxLength);
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        backup.fetch(ranges, receiver);
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        return backup.different(ranges, other);
    }

    @Override
    public WalSegmentSource wal() {
        return backup.wal();
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        return backup.replayEnd();
    }

    @Override
    public void close() {
        backup.close();
    }
}
