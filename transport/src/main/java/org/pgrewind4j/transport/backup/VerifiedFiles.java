package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupManifest.Content;

/**
 * The files of a backup held against its manifest, so that nothing wrong passes for right. A file that is read whole is
 * checked while it passes; what was read before the end is worth nothing if the end is an error. Of a file of which a part
 * is read all is read first: nothing else tells whether these bytes are those that were backed up.
 *
 * <p>Not in a manifest are, as for {@code pg_verifybackup} (PostgreSQL: {@code src/bin/pg_verifybackup/pg_verifybackup.c}),
 * the contents of {@code pg_wal} and the manifest itself; what {@code pg_basebackup --write-recovery-conf} adds or changes may
 * differ from it.
 */
final class VerifiedFiles extends ForwardingFiles {

    private static final Set<String> CHANGED_BY_ITS_MAKER =
            Set.of("backup_manifest", "postgresql.auto.conf", "standby.signal", "recovery.signal");

    private final BackupFiles files;
    private final BackupManifest manifest;

    private VerifiedFiles(BackupFiles files, BackupManifest manifest) {
        super(files);
        this.files = files;
        this.manifest = manifest;
    }

    /** Looks for files that are missing, too many, or of another length. */
    static VerifiedFiles of(BackupFiles files, BackupManifest manifest) throws IOException {
        Set<DataPath> missing = new HashSet<>(manifest.files().keySet());
        missing.removeIf(VerifiedFiles::isFree);
        files.list(Set.of(DataPath.of("pg_wal")), file -> {
            if (file.type() != SourceFile.Type.FILE || isFree(file.path())) {
                return;
            }
            Content expected = manifest.files().get(file.path());
            if (expected == null) {
                throw BackupException.at(
                        place(files, file.path()), "expected what is in \"backup_manifest\", which does not name it");
            }
            if (expected.size() != file.size()) {
                throw BackupException.at(
                        place(files, file.path()),
                        "expected " + expected.size() + " bytes as \"backup_manifest\" says, found " + file.size());
            }
            missing.remove(file.path());
        });
        if (!missing.isEmpty()) {
            DataPath first = missing.stream().sorted().findFirst().orElseThrow();
            throw BackupException.at(
                    place(files, first), "expected a file, which \"backup_manifest\" names, found none");
        }
        return new VerifiedFiles(files, manifest);
    }

    private static boolean isFree(DataPath path) {
        return path.toString().startsWith("pg_wal/") || CHANGED_BY_ITS_MAKER.contains(path.toString());
    }

    private static String place(BackupFiles files, DataPath path) {
        return "file \"" + path + "\" of " + files.description();
    }

    private Optional<Checksum> checksum(DataPath path) {
        return isFree(path)
                ? Optional.empty()
                : Optional.ofNullable(manifest.files().get(path)).flatMap(Content::checksum);
    }

    @Override
    public BackupEntry entry(SourceFile file) throws IOException {
        BackupEntry entry = files.entry(file);
        return file.type() == SourceFile.Type.FILE && file.size() > 0
                ? new BackupEntry(file, entry.attributes(), entry.modified(), checksum(file.path()))
                : entry;
    }

    @Override
    public BackupEntry.Attributes dataDirectory() throws IOException {
        return files.dataDirectory();
    }

    @Override
    public void close() {
        files.close();
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        byte[] content = files.read(path, maxLength);
        Optional<Checksum> expected = checksum(path);
        if (expected.isPresent()) {
            RunningChecksum sum = RunningChecksum.of(expected.get().algorithm());
            sum.update(ByteBuffer.wrap(content));
            check(path, expected.get(), sum);
        }
        return content;
    }

    private void check(DataPath path, Checksum expected, RunningChecksum sum) throws BackupException {
        Checksum found = sum.value();
        if (!found.equals(expected)) {
            throw BackupException.at(
                    place(files, path),
                    "expected content with the " + expected.algorithm() + " checksum " + expected.hex() + ", found "
                            + found.hex());
        }
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        Set<DataPath> inParts = new LinkedHashSet<>();
        for (FileRange range : ranges) {
            if (range.length() > 0 && !isWhole(range) && checksum(range.path()).isPresent()) {
                inParts.add(range.path());
            }
        }
        verify(inParts);
        files.fetch(ranges, new Checking(ranges, receiver));
    }

    /** Both sides could be wrong in the same way. */
    @Override
    public BitSet different(List<FileRange> ranges, Path other) throws IOException {
        Set<DataPath> compared = new LinkedHashSet<>();
        ranges.forEach(range -> compared.add(range.path()));
        compared.removeIf(path -> checksum(path).isEmpty());
        verify(compared);
        return files.different(ranges, other);
    }

    private void verify(Set<DataPath> paths) throws IOException {
        List<FileRange> whole = new ArrayList<>();
        for (DataPath path : paths) {
            Content content = manifest.files().get(path);
            if (content != null) {
                whole.add(new FileRange(path, 0, content.size()));
            }
        }
        files.fetch(whole, new Checking(whole, new Nobody()));
    }

    private boolean isWhole(FileRange range) {
        Content content = manifest.files().get(range.path());
        return content != null && range.offset() == 0 && range.end() >= content.size();
    }

    private static final class Nobody implements RangeReceiver {
        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {
            // Wanted for its checksum alone.
        }

        @Override
        public void end(int range, long delivered) {
            // The checksum is computed.
        }

        @Override
        public void vanished(int range) {
            // A file that goes away is nobody's content.
        }
    }

    /** Computes the checksums of the files that pass whole. */
    private final class Checking implements RangeReceiver {
        private final List<FileRange> ranges;
        private final RangeReceiver receiver;
        private final Map<Integer, RunningChecksum> sums = new HashMap<>();

        Checking(List<FileRange> ranges, RangeReceiver receiver) {
            this.ranges = ranges;
            this.receiver = receiver;
        }

        private Optional<Checksum> expected(int range) {
            return isWhole(ranges.get(range)) ? checksum(ranges.get(range).path()) : Optional.empty();
        }

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
            Optional<Checksum> expected = expected(range);
            if (expected.isPresent()) {
                sums.computeIfAbsent(
                                range,
                                index -> RunningChecksum.of(expected.get().algorithm()))
                        .update(chunk);
            }
            receiver.bytes(range, offset, chunk);
        }

        @Override
        public void end(int range, long delivered) throws IOException {
            Optional<Checksum> expected = expected(range);
            if (expected.isPresent()) {
                RunningChecksum sum = sums.remove(range);
                check(
                        ranges.get(range).path(),
                        expected.get(),
                        sum == null ? RunningChecksum.of(expected.get().algorithm()) : sum);
            }
            receiver.end(range, delivered);
        }

        @Override
        public void vanished(int range) throws IOException {
            receiver.vanished(range);
        }
    }
}
