package org.pgrewind4j.transport.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.wal.WalSegmentName;

/** Backups that {@code pg_basebackup} made: the checksums in their manifests tell what was read wrong. */
@Tag("server")
class BaseBackupTest {

    @TempDir
    private static Path folder;

    private static PostgresServer server;
    private static Path program;

    @BeforeAll
    static void start() throws IOException {
        program = ServerRelease.installed15().orElseThrow().bin().resolve("pg_basebackup");
        server = PostgresServer.builder(ServerRelease.of("15")).build();
        server.initialize();
        server.start();
        ServerTool.handOver(folder);
        Path space = Files.createDirectory(folder.resolve("sp\\ace"));
        ServerTool.handOver(space);
        server.execute(
                "CREATE TABLESPACE space LOCATION '" + space + "'",
                "CREATE TABLE t TABLESPACE space AS SELECT g AS id, repeat('x', 100) AS v FROM generate_series(1, 2000) g");
        // As other programs find it.
        Files.createDirectory(folder.resolve("made"));
        ServerTool.handOver(folder.resolve("made"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path backUp(String name, String... options) {
        Path directory = folder.resolve("made").resolve(name);
        List<String> all = new ArrayList<>(List.of(
                "--pgdata=" + directory,
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=" + PostgresServer.USER,
                "--checkpoint=fast",
                "--no-sync"));
        all.addAll(List.of(options));
        CommandResult result = ServerTool.run(program, Map.of("PGSSLMODE", "disable"), all);
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return directory;
    }

    private static Map<DataPath, BackupEntry> entries(Backup backup) throws IOException {
        Map<DataPath, BackupEntry> entries = new TreeMap<>();
        backup.entries(entry -> entries.put(entry.file().path(), entry));
        return entries;
    }

    /** Reads all, which checks all. */
    private static long readAll(Backup backup) throws IOException {
        List<FileRange> ranges = entries(backup).values().stream()
                .filter(entry -> entry.file().type() == SourceFile.Type.FILE)
                .map(entry -> new FileRange(entry.file().path(), 0, entry.file().size()))
                .toList();
        Count count = new Count();
        backup.fetch(ranges, count);
        return count.bytes;
    }

    private static final class Count implements RangeReceiver {
        private long bytes;

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {
            bytes += chunk.remaining();
        }

        @Override
        public void end(int range, long delivered) {
            // The bytes count.
        }

        @Override
        public void vanished(int range) {
            throw new AssertionError("vanished: " + range);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tar,   none,            stream, CRC32C",
        "tar,   client-gzip,     fetch,  SHA224",
        "tar,   client-zstd,     none,   SHA512",
        "plain, none,            stream, SHA256",
    })
    void readsWhatPgBasebackupMakes(String format, String compression, String wal, String checksums)
            throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--format=" + format,
                "--wal-method=" + wal,
                "--manifest-checksums=" + checksums,
                "--compress=" + compression,
                "--label=nightly"));
        if (format.equals("plain")) {
            options.add("--write-recovery-conf");
            options.add("--tablespace-mapping=" + folder.resolve("sp\\ace") + "=" + folder.resolve("made/mapped"));
        }
        Path directory = backUp(format + compression, options.toArray(String[]::new));

        try (BaseBackup backup = BaseBackup.open(directory, folder)) {
            BackupFacts facts = backup.facts();
            assertThat(facts.label()).isEqualTo("nightly");
            assertThat(facts.stop()).isGreaterThan(facts.start());
            assertThat(facts.stopTimeline()).isEqualTo(new TimelineId(1));
            assertThat(facts.dataDirectory().mode()).isEqualTo(0700);
            assertThat(facts.tablespaces())
                    .singleElement()
                    .satisfies(tablespace -> assertThat(tablespace.location())
                            .isEqualTo(folder.resolve(format.equals("plain") ? "made/mapped" : "sp\\ace")
                                    .toString()));
            assertThat(backup.mode()).isEqualTo(SourceMode.PRIMARY);
            assertThat(backup.replayEnd().lsn()).isEqualTo(facts.stop());
            Map<DataPath, BackupEntry> entries = entries(backup);
            assertThat(entries.keySet())
                    .anyMatch(path -> path.toString().matches("pg_tblspc/[0-9]+/PG_15_[0-9]+/[0-9]+/[0-9]+"))
                    .contains(DataPath.of("base/1/1259"), DataPath.of("pg_wal/archive_status"));
            assertThat(entries.get(DataPath.of("base/1/1259"))
                            .checksum()
                            .orElseThrow()
                            .algorithm())
                    .isEqualTo(Checksum.Algorithm.valueOf(checksums));
            assertThat(readAll(backup)).isGreaterThan(20_000_000);
            WalSegmentName segment = WalSegmentName.containing(
                    facts.timeline(), facts.start(), backup.controlFile().walSegmentSize());
            assertThat(backup.wal().open(segment).isPresent()).isEqualTo(!wal.equals("none"));
        }
    }

    @Test
    void refusesWhatIsNotWhatWasBackedUp() throws IOException {
        Path directory = backUp("damaged", "--format=tar", "--wal-method=none");
        Path base = directory.resolve("base.tar");
        byte[] tar = Files.readAllBytes(base);
        Path manifest = directory.resolve("backup_manifest");
        byte[] listed = Files.readAllBytes(manifest);
        long inside;
        try (BaseBackup backup = BaseBackup.open(directory)) {
            inside = offsetIn(tar, backup.read(DataPath.of("base/1/1259"), 10_000_000));
        }

        try (RandomAccessFile file = new RandomAccessFile(base.toFile(), "rw")) {
            file.seek(inside + 9000);
            file.write(~tar[(int) inside + 9000]);
        }
        try (BaseBackup backup = BaseBackup.open(directory)) {
            String message = "file \"base/1/1259\" of base backup \"" + directory
                    + "\": expected content with the CRC32C checksum ";
            assertRefused(() -> readAll(backup), message);
            // Of a part nothing else tells.
            List<FileRange> part = List.of(new FileRange(DataPath.of("base/1/1259"), 0, 8192));
            assertRefused(() -> backup.fetch(part, new Count()), message);
            assertRefused(() -> backup.read(DataPath.of("base/1/1259"), 10_000_000), message);
            assertRefused(() -> backup.different(part, server.dataDirectory()), message);
        }

        Files.write(base, Arrays.copyOf(tar, (int) inside + 10_000));
        assertRefused(() -> BaseBackup.open(directory).close(), base + ", offset ");
        Files.write(base, tar);
        listed[listed.length / 2] ^= 1;
        Files.write(manifest, listed);
        assertRefused(() -> BaseBackup.open(directory).close(), manifest + ": expected the SHA-256 ");
        Files.write(manifest, Arrays.copyOf(listed, listed.length / 2));
        assertRefused(
                () -> BaseBackup.open(directory).close(),
                manifest + ": expected a last line with \"Manifest-Checksum\": it is not complete");
    }

    private static void assertRefused(ThrowingCallable call, String begin) {
        assertThatThrownBy(call).isInstanceOf(BackupException.class).hasMessageStartingWith(begin);
    }

    private static long offsetIn(byte[] tar, byte[] content) {
        for (int at = 0; at <= tar.length - content.length; at += 512) {
            if (Arrays.equals(tar, at, at + content.length, content, 0, content.length)) {
                return at;
            }
        }
        throw new AssertionError("not in the tar file");
    }

    @Test
    void refusesFilesThatAreMissingTooManyOrOfAnotherLength() throws IOException {
        Path directory = backUp(
                "changed",
                "--wal-method=none",
                "--tablespace-mapping=" + folder.resolve("sp\\ace") + "=" + folder.resolve("made/changed space"));
        String name = "\" of base backup \"" + directory + "\": expected ";

        Path added = Files.writeString(directory.resolve("base/1/99999"), "x");
        assertRefused(
                () -> BaseBackup.open(directory).close(),
                "file \"base/1/99999" + name + "what is in \"backup_manifest\", which does not name it");
        Files.delete(added);
        Path moved = Files.move(directory.resolve("base/1/1255"), folder.resolve("moved"));
        assertRefused(
                () -> BaseBackup.open(directory).close(),
                "file \"base/1/1255" + name + "a file, which \"backup_manifest\" names, found none");
        Files.write(directory.resolve("base/1/1255"), new byte[8192]);
        assertRefused(
                () -> BaseBackup.open(directory).close(),
                "file \"base/1/1255" + name + Files.size(moved) + " bytes as \"backup_manifest\" says, found 8192");
        Files.delete(directory.resolve("base/1/1255"));
        Files.move(moved, directory.resolve("base/1/1255"));
        BaseBackup.open(directory).close();

        Path label = directory.resolve("backup_label");
        String full = Files.readString(label);
        Files.writeString(label, full + "INCREMENTAL FROM LSN: 0/1000028\nINCREMENTAL FROM TLI: 1\n");
        assertRefused(
                () -> BaseBackup.open(directory).close(),
                "base backup \"" + directory
                        + "\": expected a backup that holds all, found an incremental one of what changed since 0/1000028");
        Files.writeString(label, full);
        Files.writeString(label, Files.readString(label).replaceFirst("LOCATION: \\S+", "LOCATION: 0/1000028"));
        assertRefused(
                () -> BaseBackup.open(directory).close(),
                directory.resolve("backup_manifest")
                        + ": expected the manifest of a backup that started at 0/1000028 on timeline 1");
    }

    /** What is unpacked has no name while it is read, and nothing is left of it. */
    @Test
    void leavesNothingWhereItUnpacks(@TempDir Path spool) throws IOException {
        Path directory = backUp("packed", "--format=tar", "--gzip", "--wal-method=none");
        try (BaseBackup backup = BaseBackup.open(directory, spool)) {
            try (Stream<Path> left = Files.list(spool)) {
                assertThat(left).isEmpty();
            }
            readAll(backup);
        }
        Path base = directory.resolve("base.tar.gz");
        Files.write(base, Arrays.copyOf(Files.readAllBytes(base), 100_000));
        assertRefused(() -> BaseBackup.open(directory, spool).close(), base + ", offset ");
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }
}
