package org.pgrewind4j.transport.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Sets;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Backrest;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.backup.BackupFacts.BackupType;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Repositories that pgBackRest makes, against what its own restore makes of them: three of them, with files of their own, with
 * bundles and blocks, and with both encrypted; every compression, and chains of all types.
 */
@Tag("server")
class BackrestNativeTest {

    private static final String PASSPHRASE = "of the test";

    @TempDir
    private static Path folder;

    private static Backrest backrest;
    private static PostgresServer server;
    private static final List<Made> MADE = new ArrayList<>();

    /** A backup that was made. */
    private record Made(int repository, String label, String options) {
        @Override
        public String toString() {
            return "repository " + repository + ", " + options;
        }
    }

    @BeforeAll
    static void makeBackups() throws IOException {
        ServerTool.handOver(folder);
        backrest = Backrest.require(Files.createDirectory(folder.resolve("home")));
        server = backrest.server(ServerRelease.of("15"))
                .withChecksums()
                .setting("full_page_writes", "on")
                .build();
        server.initialize();
        backrest.configure(
                server,
                "repo1-path=" + repository(1),
                "repo2-path=" + repository(2),
                "repo2-bundle=y",
                "repo2-block=y",
                "beta=y",
                "repo3-path=" + repository(3),
                "repo3-bundle=y",
                "repo3-block=y",
                "repo3-cipher-type=aes-256-cbc",
                "repo3-cipher-pass=" + PASSPHRASE);
        server.start();
        backrest.run("stanza-create");
        Path space = Files.createDirectory(folder.resolve("space"));
        ServerTool.handOver(space);
        server.execute(
                "CREATE TABLESPACE fast LOCATION '" + space + "'",
                "CREATE TABLE old (id int PRIMARY KEY, note text) TABLESPACE fast",
                "INSERT INTO old SELECT g, repeat('x' || g, 20) FROM generate_series(1, 20000) g",
                "CREATE TABLE large AS SELECT g AS id, md5(g::text) AS note FROM generate_series(1, 60000) g",
                "CREATE UNLOGGED TABLE gone (id int)");
        make(1, "full", "gz");
        make(1, "full", "none");
        make(1, "full", "bz2");
        make(2, "full", "lz4");
        make(3, "full", "zst");
        server.execute("UPDATE large SET note = 'new' WHERE id % 5000 = 0", "DELETE FROM old WHERE id > 15000");
        make(2, "diff", "lz4");
        server.execute(
                "UPDATE large SET note = 'newer' WHERE id BETWEEN 30000 AND 30100", "CREATE TABLE more (id int)");
        make(2, "incr", "lz4");
        make(3, "incr", "zst");
        server.stop(StopMode.FAST);
    }

    private static Path repository(int number) {
        return folder.resolve("repository" + number);
    }

    private static void make(int repository, String type, String compression) throws IOException {
        backrest.run(
                "backup",
                "--repo=" + repository,
                "--type=" + type,
                "--compress-type=" + compression,
                "--compress-level=1");
        List<BackupSummary> backups = open(repository).backups();
        MADE.add(new Made(repository, backups.get(backups.size() - 1).label(), type + " " + compression));
    }

    private static BackrestRepository open(int repository) throws IOException {
        BackrestRepository.Builder builder = BackrestRepository.at(repository(repository), Backrest.STANZA);
        return (repository == 3 ? builder.cipherPassphrase(PASSPHRASE) : builder).open();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    static Stream<Made> made() {
        return MADE.stream();
    }

    static Stream<Made> madeFull() {
        return MADE.stream().filter(made -> made.options().startsWith("full"));
    }

    @ParameterizedTest
    @MethodSource("made")
    void everyFileIsWhatTheNativeRestoreMakes(Made made, @TempDir Path temporary) throws IOException {
        Path restored = temporary.resolve("data");
        ServerTool.handOver(temporary);
        backrest.run(
                "restore",
                "--repo=" + made.repository(),
                "--set=" + made.label(),
                "--type=none",
                "--pg1-path=" + restored,
                "--tablespace-map-all=" + temporary.resolve("spaces"));
        // With it this release replays the archive even so.
        Files.delete(restored.resolve("recovery.signal"));
        Map<String, String> expected = RestoredFiles.of(restored);
        try (BackrestBackup backup = open(made.repository()).backup(made.label())) {
            Map<String, String> found = RestoredFiles.of(backup);
            // Read for the tablespaces' places, and not restored.
            assertThat(found.remove("tablespace_map")).isNotNull();
            assertThat(found).hasSizeGreaterThan(900);
            assertThat(Sets.symmetricDifference(found.entrySet(), expected.entrySet()))
                    .isEmpty();
            assertThat(Sets.symmetricDifference(
                            attributes(backup).entrySet(),
                            modes(restored, expected.keySet()).entrySet()))
                    .isEmpty();
            comparesWith(restored, backup);
        }
    }

    private static Map<String, Integer> attributes(BackrestBackup backup) throws IOException {
        Map<String, Integer> modes = new TreeMap<>();
        backup.entries(entry -> {
            if (entry.file().type() == SourceFile.Type.FILE) {
                modes.put(entry.file().path().toString(), entry.attributes().mode());
            }
        });
        modes.remove("tablespace_map");
        return modes;
    }

    private static Map<String, Integer> modes(Path restored, Set<String> paths) throws IOException {
        Map<String, Integer> modes = new TreeMap<>();
        for (String path : paths) {
            modes.put(path, (Integer) Files.getAttribute(restored.resolve(path), "unix:mode") & 07777);
        }
        return modes;
    }

    /** Nothing differs but what was changed: a byte of one block, and the length of another file. */
    private static void comparesWith(Path restored, BackrestBackup backup) throws IOException {
        List<FileRange> ranges = new ArrayList<>();
        BitSet changed = new BitSet();
        backup.list(Set.of(), file -> {
            String path = file.path().toString();
            if (file.type() == SourceFile.Type.FILE && !path.equals("tablespace_map")) {
                if (path.equals("base/5/1255")) {
                    for (long block = 0; block < file.size() / 8192; block++) {
                        changed.set(ranges.size(), block == 33);
                        ranges.add(new FileRange(file.path(), block * 8192, 8192));
                    }
                }
                changed.set(
                        ranges.size(),
                        List.of("base/5/1255", "PG_VERSION", "base/1/1255").contains(path));
                ranges.add(new FileRange(file.path(), 0, Long.MAX_VALUE));
            }
        });
        assertThat(changed.cardinality()).isEqualTo(4);
        assertThat(backup.different(ranges, restored)).isEqualTo(new BitSet());
        try (RandomAccessFile file =
                new RandomAccessFile(restored.resolve("base/5/1255").toFile(), "rw")) {
            file.seek(33 * 8192 + 8191);
            int old = file.read();
            file.seek(33 * 8192 + 8191);
            file.write(old ^ 1);
        }
        Files.writeString(restored.resolve("PG_VERSION"), "15\n\n");
        Files.delete(restored.resolve("base/1/1255"));
        assertThat(backup.different(ranges, restored)).isEqualTo(changed);
    }

    @ParameterizedTest
    @MethodSource("made")
    void rangesAreThoseOfTheWholeFile(Made made) throws IOException {
        DataPath path = DataPath.of("base/5/1255");
        try (BackrestBackup backup = open(made.repository()).backup(made.label())) {
            byte[] whole = backup.read(path, 1 << 20);
            List<FileRange> ranges = List.of(
                    new FileRange(path, 8192 * 40, 8192 * 2),
                    new FileRange(path, 8192, 8192),
                    new FileRange(path, 8192 * 40 + 100, 1),
                    new FileRange(path, whole.length - 10, 100),
                    new FileRange(path, 0, 0));
            ByteBuffer[] found = RestoredFiles.ranges(backup, ranges);
            for (int i = 0; i < found.length; i++) {
                FileRange range = ranges.get(i);
                int from = (int) range.offset();
                int to = (int) Math.min(range.end(), whole.length);
                assertThat(found[i]).isEqualTo(ByteBuffer.wrap(whole, from, to - from));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("made")
    void sayWhatTheyAre(Made made) throws IOException {
        try (BackrestBackup backup = open(made.repository()).backup(made.label())) {
            assertThat(backup.mode()).isEqualTo(SourceMode.PRIMARY);
            assertThat(backup.problems()).isEmpty();
            assertThat(backup.damagedFiles()).isEmpty();
            assertThat(backup.links()).isEmpty();
            assertThat(backup.facts().timeline()).isEqualTo(new TimelineId(1));
            assertThat(backup.facts().systemIdentifier())
                    .isEqualTo(backup.controlFile().systemIdentifier());
            assertThat(backup.facts().start()).isLessThan(backup.facts().stop());
            assertThat(backup.replayEnd().lsn()).isEqualTo(backup.facts().stop());
            assertThat(backup.facts().tablespaces())
                    .singleElement()
                    .satisfies(tablespace -> assertThat(tablespace.name()).isEqualTo("fast"));
            archivedWalIsThatOfTheServer(backup);
        }
    }

    @Test
    void refusesHistoryFilesOnceItIsClosed() throws IOException {
        BackrestBackup backup =
                open(made().findFirst().orElseThrow().repository()).latest();
        WalSegmentSource wal = backup.wal();
        assertThat(wal.history(new TimelineId(2))).isEmpty();
        backup.close();

        assertThatThrownBy(() -> wal.history(new TimelineId(2))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> backup.history(PostgresVersion.V15, new TimelineId(2)))
                .isInstanceOf(IllegalStateException.class);
    }

    /** The server keeps all that it ever wrote. */
    private static void archivedWalIsThatOfTheServer(BackrestBackup backup) throws IOException {
        WalSegmentName name = WalSegmentName.containing(
                backup.facts().timeline(), backup.facts().start(), 16 << 20);
        byte[] expected =
                Files.readAllBytes(server.dataDirectory().resolve("pg_wal").resolve(name.fileName()));
        try (WalSegment segment = backup.wal().open(name).orElseThrow()) {
            ByteBuffer found = ByteBuffer.allocate(expected.length);
            while (found.hasRemaining() && segment.read(found, found.position()) >= 0) {
                // Goes on to the end.
            }
            assertThat(Sha1.digest().digest(found.array()))
                    .isEqualTo(Sha1.digest().digest(expected));
        }
        WalSegmentName none = new WalSegmentName(new TimelineId(2), 1, 16 << 20);
        assertThat(backup.wal().open(none)).isEmpty();
        assertThat(backup.archive().history(new TimelineId(2))).isEmpty();
    }

    @Test
    void choosesAsTheNativeRestoreDoes() throws IOException {
        BackrestRepository repository = open(2);
        List<BackupSummary> backups = repository.backups();
        assertThat(backups.stream().map(BackupSummary::type))
                .containsExactly(BackupType.FULL, BackupType.DIFFERENTIAL, BackupType.INCREMENTAL);
        assertThat(backups.get(2).references()).contains(backups.get(0).label());
        assertThat(backups.get(2).prior()).contains(backups.get(1).label());
        assertThat(backups.get(1).hasErrors()).contains(false);
        try (BackrestBackup latest = repository.latest();
                BackrestBackup before = repository.before(backups.get(2).stopTime());
                BackrestBackup upTo = repository.upTo(backups.get(1).stop().orElseThrow())) {
            assertThat(latest.facts().label()).isEqualTo(backups.get(2).label());
            assertThat(before.facts().label()).isEqualTo(backups.get(1).label());
            assertThat(upTo.facts().label()).isEqualTo(backups.get(1).label());
        }
        assertThatThrownBy(() -> repository.upTo(Lsn.parse("0/1")))
                .isInstanceOf(BackrestException.class)
                .hasMessageEndingWith("backup.info: expected a backup that stops at 0/1 or before, found none");
        assertThatThrownBy(() -> repository.backup("20200101-000000F"))
                .isInstanceOf(BackrestException.class)
                .hasMessageContaining("expected a backup \"20200101-000000F\", found none of that label");
        assertThatThrownBy(() -> BackrestRepository.open(repository(3), Backrest.STANZA))
                .isInstanceOf(BackrestException.class)
                .hasMessageContaining("encrypted, and no passphrase was given");
        assertThatThrownBy(() -> BackrestRepository.open(repository(1), "other"))
                .isInstanceOf(BackrestException.class)
                .hasMessageEndingWith("expected the file or its copy, found neither");
    }

    /** A bit of anything that is stored, one file after the other: an error that names a file, or no difference. */
    @ParameterizedTest
    @MethodSource("madeFull")
    void noDamagedByteIsTakenForRight(Made made) throws IOException {
        Path backup = repository(made.repository()).resolve("backup/main").resolve(made.label());
        List<Path> stored;
        try (Stream<Path> files = Files.walk(backup)) {
            stored = files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("bundle/")
                            || file.toString().contains("PG_VERSION"))
                    .limit(1)
                    .toList();
        }
        for (Path file : stored) {
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            for (int i = damaged.length / 5; i < damaged.length; i += Math.max(1, damaged.length / 3)) {
                damaged[i] ^= 4;
            }
            Files.write(file, damaged);
            try (BackrestBackup opened = open(made.repository()).backup(made.label())) {
                assertThatThrownBy(() -> RestoredFiles.of(opened))
                        .isInstanceOf(BackrestException.class)
                        .hasMessageContaining(made.label());
            } finally {
                Files.write(file, whole);
            }
        }
    }
}
