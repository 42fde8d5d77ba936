package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.archive.WalArchive;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/** What forbids the rewind of a real diverged pair, each case on copies of its own. */
@Tag("server")
class RefusalTest {

    private static final int SEGMENT = 1 << 20;

    private static DivergedPair pair;

    private PostgresServer target;
    private PostgresServer source;

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.of("17"))
                        .withoutChecksums()
                        .setting("wal_log_hints", "on")
                        .walSegmentMegabytes(1),
                shared -> {
                    shared.execute("CREATE TABLE t AS SELECT g AS id, 'shared' AS v FROM generate_series(1, 1000) g");
                    shared.switchWal();
                    shared.execute("INSERT INTO t SELECT g, 'shared' FROM generate_series(1001, 2000) g");
                    shared.switchWal();
                    shared.execute("INSERT INTO t SELECT g, 'shared' FROM generate_series(2001, 3000) g");
                },
                old -> old.execute("UPDATE t SET v = 'lost' WHERE id < 100"),
                promoted -> {
                    promoted.execute("UPDATE t SET v = 'new' WHERE id > 900");
                    promoted.switchWal();
                    promoted.execute("INSERT INTO t VALUES (5000, 'new')");
                });
    }

    @BeforeEach
    void copy() {
        target = pair.copyOfTarget();
        source = pair.copyOfSource();
    }

    @AfterEach
    void closeCopies() {
        pair.closeCopies();
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @AutoClose
    private final OpenSources sources = new OpenSources();

    private RewindPlan plan() throws IOException {
        return Rewind.of(target.dataDirectory()).from(sources.open(source)).plan();
    }

    private void assertRefused(Problem... problems) throws IOException {
        RewindPlan plan = plan();
        assertThat(plan.problems()).containsExactly(problems);
        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(plan.actions()).isEmpty();
        JsonSchemas.assertValid(plan);
    }

    private Path inTarget(String path) {
        return target.dataDirectory().resolve(path);
    }

    private Path inSource(String path) {
        return source.dataDirectory().resolve(path);
    }

    private static Problem notStopped(PostgresServer source, String state) {
        return new Problem(
                Kind.SOURCE_NOT_STOPPED,
                "source data directory must be shut down cleanly: data directory \"" + source.dataDirectory()
                        + "\": expected state \"shut down\" or \"shut down in recovery\", found \"" + state + "\"",
                "start the source server and stop it again, or use it as a live source");
    }

    private static final Problem FOREIGN_LABEL = new Problem(
            Kind.BACKUP_LABEL_PRESENT,
            "the target holds a backup_label: it is a backup that was never started, an interrupted exclusive backup,"
                    + " or was rewound to another cluster",
            "start it as a standby until it is consistent, or, if it was the primary and crashed during an exclusive"
                    + " backup, remove the file; then rewind again.");

    private static final Problem HALF_RESTORED = new Problem(
            Kind.TARGET_NOT_CONSISTENT,
            "the target is half restored: it stopped before it reached the end of its backup or rewind",
            "start it as a standby until it is consistent, stop it, and rewind again.");

    private static final Problem HINT_BITS = new Problem(
            Kind.HINT_BITS_NOT_LOGGED,
            "the target has neither data checksums nor wal_log_hints = on",
            "its WAL does not name all changed pages: re-create the target from a base backup, and set one of"
                    + " the two for the next time.");

    private static Problem offered(Problem problem) {
        return new Problem(problem.kind(), problem.message(), problem.cure() + Refused.OFFER);
    }

    @Test
    void nothingForbidsTheUnspoiledPair() throws IOException {
        RewindPlan plan = plan();
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
    }

    @Test
    void clusterOfAnotherSystemAndReleaseIsRefused() throws IOException {
        try (PostgresServer older =
                PostgresServer.builder(ServerRelease.of("9.6")).withChecksums().build()) {
            older.initialize();
            try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(older.dataDirectory())) {
                RewindPlan plan =
                        Rewind.of(target.dataDirectory()).from(transport).plan();

                assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
                assertThat(plan.problems())
                        .containsExactly(
                                new Problem(
                                        Kind.DIFFERENT_SYSTEM,
                                        "the clusters are from different systems: system identifier "
                                                + identifier(target) + " on the target, " + identifier(older)
                                                + " on the source",
                                        "check the paths; a cluster can only be rewound to one that was a copy of it."),
                                new Problem(
                                        Kind.DIFFERENT_RELEASE,
                                        "the clusters are of different releases: PostgreSQL 17 on the target, 9.6 on the"
                                                + " source",
                                        "after an upgrade of the source, re-create the target from a base backup."),
                                layout("data checksum version", 0, 1),
                                layout("WAL segment size", SEGMENT, 16 << 20));
            }
        }
    }

    private static String identifier(PostgresServer server) throws IOException {
        return Long.toUnsignedString(
                ControlFileBytes.read(server.dataDirectory()).systemIdentifier());
    }

    private static Problem layout(String what, int target, int source) {
        return new Problem(
                Kind.DIFFERENT_LAYOUT,
                "the clusters differ in " + what + ": " + target + " on the target, " + source + " on the source",
                "re-create the target from a base backup.");
    }

    @Test
    void otherWalSegmentSizeIsRefusedThoughTheTimelineIsTheSame() throws IOException {
        try (PostgresServer other = PostgresServer.builder(ServerRelease.of("17"))
                .withoutChecksums()
                .walSegmentMegabytes(4)
                .build()) {
            other.initialize();
            ControlFileBytes.of(other.dataDirectory())
                    .systemIdentifier(
                            ControlFileBytes.read(target.dataDirectory()).systemIdentifier())
                    .writeTo(other.dataDirectory());
            try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(other.dataDirectory())) {
                RewindPlan plan =
                        Rewind.of(target.dataDirectory()).from(transport).plan();

                assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
                assertThat(plan.problems()).containsExactly(layout("WAL segment size", SEGMENT, 4 << 20));
            }
        }
    }

    @Test
    void stoppedSourceNeedsNoFullPageWrites() throws IOException {
        source.configure("full_page_writes", "off");
        source.start();
        source.execute("UPDATE t SET v = 'without images' WHERE id % 3 = 0");
        source.checkpoint();
        source.execute("UPDATE t SET v = 'without images' WHERE id % 5 = 0");
        source.stop(StopMode.FAST);

        Rewound.of(target, source, BlockSelection.MINIMAL).startAndCompare();
    }

    @Test
    void targetWithARunningServerIsRefused() throws IOException {
        target.start();

        RewindPlan plan = plan();
        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(plan.problems())
                .contains(new Problem(
                        Kind.TARGET_RUNNING,
                        "a server runs on the target: process " + processOf(target) + " is alive",
                        "stop it; if it is none, remove \"postmaster.pid\" from the target."));
    }

    private static String processOf(PostgresServer server) throws IOException {
        return Files.readAllLines(server.dataDirectory().resolve("postmaster.pid"))
                .get(0);
    }

    @Test
    void sourceWithARunningServerIsRefused() throws IOException {
        source.start();

        assertThat(plan().problems())
                .startsWith(
                        new Problem(
                                Kind.SOURCE_NOT_STOPPED,
                                "a server runs on the source data directory \"" + source.dataDirectory()
                                        + "\": postmaster.pid: process " + processOf(source) + " is alive",
                                "stop the source server, or use it as a live source"),
                        notStopped(source, "in production"));
    }

    @Test
    void sourceThatCrashedIsRefused() throws IOException {
        source.start();
        source.kill();

        assertRefused(notStopped(source, "in production"));
    }

    @Test
    void sourceThatWasStartedSinceThePlanWasMadeIsRefused() throws IOException {
        RewindPlan plan = plan();
        source.start();

        assertLeftAlone(plan, "source system was modified while it was copied");
    }

    @Test
    void sourceWhoseFullPageWritesWereTurnedOffSinceThePlanWasMadeIsRefused() throws IOException {
        source.start();
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (LiveServerTransport live =
                LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login).open()) {
            RewindPlan plan = Rewind.of(target.dataDirectory()).from(live).plan();
            source.execute("ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()");
            while (source.value("SHOW full_page_writes").equals("on")) {
                Thread.onSpinWait();
            }

            assertLeftAlone(plan, "\"full_page_writes\" must be enabled in the source server");
        }
    }

    @Test
    void allRightsThatARoleLacksAreNamedAtOnce() throws IOException {
        source.start();
        source.execute("CREATE ROLE nobody LOGIN");
        Properties login = new Properties();
        login.setProperty("user", "nobody");
        try (LiveServerTransport live =
                LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login).open()) {
            RewindPlan plan = Rewind.of(target.dataDirectory()).from(live).plan();
            assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(plan.problems()).extracting(Problem::kind).containsExactly(Kind.SOURCE_UNUSABLE);
            assertThat(plan.problems().get(0).cure())
                    .endsWith(
                            "GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                                    + " pg_read_binary_file(text, bigint, bigint, boolean) TO \"nobody\";");
            JsonSchemas.assertValid(plan);
        }
    }

    private void assertLeftAlone(RewindPlan plan, String reason) {
        Map<String, String> before = TreeState.contents(target.dataDirectory());
        assertThatThrownBy(plan::execute)
                .isInstanceOfSatisfying(
                        RewindException.class,
                        e -> assertThat(e.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED))
                .hasMessageContaining(reason);
        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(before);
    }

    @Test
    void pidFilesOfDeadProcessesAreNoObstacle() throws IOException, InterruptedException {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.writeString(inTarget("postmaster.pid"), dead.pid() + "\n" + target.dataDirectory() + "\n");
        Files.writeString(inSource("postmaster.pid"), dead.pid() + "\n" + source.dataDirectory() + "\n");

        RewindPlan plan = plan();

        assertThat(plan.problems()).isEmpty();
        plan.execute();
        assertThat(inTarget("postmaster.pid")).doesNotExist();
    }

    @Test
    void foreignBackupLabelIsRefused() throws IOException {
        Files.writeString(inTarget("backup_label"), "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n");

        assertRefused(offered(FOREIGN_LABEL));
    }

    @Test
    void rewoundToAnotherClusterIsRefused() throws IOException {
        plan().execute();
        ControlFile rewound = ControlFileBytes.read(target.dataDirectory());
        ControlFileBytes.write(
                rewound.patch()
                        .minRecoveryPoint(rewound.minRecoveryPoint(), new TimelineId(7))
                        .build(),
                target.dataDirectory());
        Files.copy(inTarget("pg_wal/00000002.history"), inTarget("pg_wal/00000007.history"));

        assertThat(plan().problems()).contains(offered(FOREIGN_LABEL));
    }

    @Test
    void standbyThatCrashedBeforeItWasConsistentIsRefused() throws IOException {
        ControlFile old = ControlFileBytes.read(target.dataDirectory());
        ControlFileBytes.write(
                old.patch()
                        .state(ClusterState.IN_ARCHIVE_RECOVERY)
                        .backupStartPoint(old.checkPointCopy().redo())
                        .backupEndPoint(old.checkPoint())
                        .build(),
                target.dataDirectory());

        assertRefused(offered(HALF_RESTORED));
    }

    @Test
    void walThatTheScanNeedsIsNamedAndTakenFromAnArchive(@TempDir Path archive) throws IOException {
        RewindPlan whole = plan();
        WalSegmentName parting = WalSegmentName.containing(
                new TimelineId(1), whole.divergence().orElseThrow().position(), SEGMENT);
        Path moved = inTarget("pg_wal/" + parting.fileName());
        Path folder = Files.createDirectory(archive.resolve("0000000100000000"));
        try (OutputStream packed =
                new GZIPOutputStream(Files.newOutputStream(folder.resolve(parting.fileName() + ".gz")))) {
            Files.copy(moved, packed);
        }
        Files.delete(moved);

        assertRefused(new Problem(
                Kind.WAL_MISSING_FOR_SCAN,
                "WAL is missing: segment " + parting.fileName() + " is needed to find the last checkpoint before "
                        + whole.divergence().orElseThrow().position(),
                "bring the segments back into the target's pg_wal, or name an archive that has them." + Refused.OFFER));

        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .walFrom(WalArchive.of(archive))
                    .plan();
            assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
            assertThat(plan.actions())
                    .filteredOn(action -> !action.path().toString().contains(parting.fileName()))
                    .isEqualTo(whole.actions().stream()
                            .filter(action -> !action.path().toString().contains(parting.fileName()))
                            .toList());
        }
    }

    @Test
    void sharedWalThatTheTargetLostIsReadFromTheSource() throws IOException {
        RewindPlan whole = plan();
        WalSegmentName shared = WalSegmentName.containing(
                        new TimelineId(1), whole.divergence().orElseThrow().position(), SEGMENT)
                .previous();
        assertThat(shared.begin()).isGreaterThan(whole.redo().orElseThrow());
        Files.delete(inTarget("pg_wal/" + shared.fileName()));

        RewindPlan plan = plan();

        assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
        assertThat(plan.actions())
                .contains(new FileAction.CopyFile(
                        org.pgrewind4j.transport.DataPath.of("pg_wal/" + shared.fileName()), SEGMENT));

        Files.delete(inSource("pg_wal/" + shared.fileName()));
        assertThat(plan().problems())
                .containsExactly(new Problem(
                        Kind.WAL_MISSING_FOR_SCAN,
                        "WAL is missing: segment " + shared.fileName() + " is needed to find the last checkpoint"
                                + " before " + whole.divergence().orElseThrow().position(),
                        "bring the segments back into the target's pg_wal, or name an archive that has them."
                                + Refused.OFFER));
    }

    @Test
    void walThatReplayNeedsIsListedUnlessItCanBeRestored() throws IOException {
        RewindPlan whole = plan();
        List<Path> lost;
        try (Stream<Path> all = Files.list(inSource("pg_wal"))) {
            lost = all.filter(file -> file.getFileName().toString().matches("00000002[0-9A-F]{16}"))
                    .sorted()
                    .limit(2)
                    .toList();
        }
        for (Path file : lost) {
            Files.delete(file);
        }
        String names = lost.get(0).getFileName() + ", " + lost.get(1).getFileName();

        assertRefused(new Problem(
                Kind.WAL_MISSING_FOR_REPLAY,
                "replay needs the WAL from " + whole.redo().orElseThrow() + " to "
                        + whole.replayEnd().orElseThrow() + ", and neither side has: " + names,
                "bring the segments back into the source's pg_wal, or say that they can be restored if the standby's"
                        + " restore_command finds them." + Refused.OFFER));

        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .restorable(segment -> names.contains(segment.fileName()))
                    .plan();
            assertThat(plan.problems()).isEmpty();
            assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
        }
    }

    @Test
    void walThatEndsBeforeTheTargetsCheckpointIsRefused() throws IOException {
        Lsn divergence = plan().divergence().orElseThrow().position();
        Lsn spoiled = divergence.plus(200);
        try (RandomAccessFile wal = new RandomAccessFile(
                inTarget("pg_wal/"
                                + WalSegmentName.containing(new TimelineId(1), spoiled, SEGMENT)
                                        .fileName())
                        .toFile(),
                "rw")) {
            wal.seek(spoiled.value() % SEGMENT);
            wal.write(new byte[8192]);
        }

        RewindPlan plan = plan();
        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(plan.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.WAL_ENDS_EARLY);
            assertThat(problem.message())
                    .matches("WAL has to hold the record at "
                            + ControlFileBytes.read(target.dataDirectory()).checkPoint()
                            + " and does not: end of WAL at ([0-9A-F]+/[0-9A-F]+): .* at \\1.*");
            assertThat(problem.cure())
                    .isEqualTo("bring an undamaged segment "
                            + WalSegmentName.containing(new TimelineId(1), spoiled, SEGMENT)
                            + " back into the target's pg_wal from a WAL archive, or re-create the target from a base"
                            + " backup." + Refused.OFFER);
        });
    }

    @Test
    void pathThatCannotBeWrittenIsFoundBeforehand(@TempDir Path folder) throws IOException {
        Files.writeString(inSource("postgresql.conf"), "# new\n");
        try (PostgresServer elsewhere = target.copyTo(folder.resolve("data"))) {
            target = elsewhere;
            Path file = inTarget("postgresql.conf");
            Path global = inTarget("global");
            try (ReadOnlyPath readOnly = ReadOnlyPath.of(file, global);
                    LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
                assertThat(readOnly.paths()).noneMatch(Files::isWritable);
                assertRefused(unwritable(global), unwritable(file));

                assertThat(Rewind.of(elsewhere.dataDirectory())
                                .from(transport)
                                .keep(path -> path.toString().equals("postgresql.conf"))
                                .plan()
                                .problems())
                        .containsExactly(unwritable(global));
            }
            assertThat(plan().verdict()).isEqualTo(Verdict.REWIND);
        }
    }

    @Test
    void linkThatLeadsOutOfTheDataDirectoryStays(@TempDir Path folder) throws IOException {
        Path ours = Files.createDirectory(folder.resolve("ours"));
        Files.writeString(ours.resolve("old.log"), "kept");
        Files.createSymbolicLink(inTarget("logs"), ours);
        // As a running source shows a link of its own.
        Files.writeString(Files.createDirectory(inSource("logs")).resolve("new.log"), "theirs");

        RewindPlan plan = plan();

        assertThat(plan.problems()).isEmpty();
        assertThat(plan.actions()).noneMatch(action -> action.path().toString().startsWith("logs"));
    }

    /** As an ordinary user such a file, which is only to be removed, may be anyone's; as root the system itself protects it. */
    @Test
    void fileThatCannotBeRemovedIsFoundBeforehand(@TempDir Path folder) throws IOException {
        try (PostgresServer elsewhere = target.copyTo(folder.resolve("data"))) {
            target = elsewhere;
            Path file = Files.createFile(inTarget("goes"));
            try (ReadOnlyPath readOnly = ReadOnlyPath.of(file)) {
                assertThat(readOnly.paths()).noneMatch(Files::isWritable);
                boolean isRoot = Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid"));
                if (isRoot) {
                    assertThat(plan().problems()).singleElement().satisfies(problem -> {
                        assertThat(problem.kind()).isEqualTo(Kind.UNWRITABLE_PATH);
                        assertThat(problem.message()).startsWith("\"" + file + "\" is ");
                    });
                } else {
                    assertThat(plan().problems()).isEmpty();
                }
            }
            assertThat(plan().verdict()).isEqualTo(Verdict.REWIND);
        }
    }

    private static Problem unwritable(Path path) {
        return new Problem(
                Kind.UNWRITABLE_PATH, "\"" + path + "\" must be written and cannot be", "give the right to write it.");
    }

    @Test
    void sourceThatDoesNotFitIsRefused() throws IOException {
        long size = Files.getFileStore(target.dataDirectory()).getTotalSpace() + (1L << 30);
        try (RandomAccessFile sparse = new RandomAccessFile(inSource("huge").toFile(), "rw")) {
            sparse.setLength(size);
        }

        RewindPlan plan = plan();
        assertThat(plan.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.NOT_ENOUGH_DISK);
            assertThat(problem.message())
                    .matches("the file system of \"" + target.dataDirectory()
                            + "\" has \\d+ bytes free, and the rewind needs \\d+");
            assertThat(problem.cure())
                    .isEqualTo("free that much for the time of the rewind, or copy in place, which needs less.");
        });
    }

    @Test
    void pathsOfOtherTypesAreNamed() throws IOException {
        Files.createDirectory(inTarget("thing"));
        Files.writeString(inSource("thing"), "a file");
        Files.createSymbolicLink(inSource("link"), Path.of("elsewhere"));

        assertRefused(
                new Problem(
                        Kind.UNEXPECTED_LINK,
                        "the source has a symbolic link at \"link\", where PostgreSQL has none",
                        "put there on the target what its server needs, a link or a file, which then stays."),
                new Problem(
                        Kind.FILE_TYPE_DIFFERS,
                        "\"thing\" is a file on the source and a directory on the target",
                        "bring the target's in line with the source's."));
    }

    @Test
    void historiesWithoutACommonTimelineAreRefused() throws IOException {
        Files.writeString(inSource("pg_wal/00000002.history"), "# forgotten\n");

        RewindPlan plan = plan();

        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(plan.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.NO_COMMON_HISTORY);
            assertThat(problem.message()).startsWith("the histories share no timeline: the target's is ");
            assertThat(problem.cure())
                    .isEqualTo("check the paths; if they are right, re-create the target from a base backup.");
        });
    }

    @Test
    void missingHistoryFileIsRefused() throws IOException {
        Files.delete(inSource("pg_wal/00000002.history"));

        assertRefused(new Problem(
                Kind.SOURCE_UNUSABLE,
                Side.SOURCE,
                "pg_wal/00000002.history",
                "data directory \"" + source.dataDirectory()
                        + "\" has no history file \"pg_wal/00000002.history\" for the timeline that it is on",
                "restore the file from the WAL archive into that directory."));
    }

    @Test
    void allReasonsAreGivenAtOnceAndExecutionRepeatsThem() throws IOException {
        source.start();
        source.kill();
        ControlFile old = ControlFileBytes.read(target.dataDirectory());
        ControlFileBytes.write(
                old.patch().walLogHintsOff().backupStartPoint(new Lsn(1)).build(), target.dataDirectory());
        Files.writeString(inTarget("backup_label"), "foreign");
        Files.createDirectory(inTarget("thing"));
        Files.writeString(inSource("thing"), "a file");
        Map<String, String> before = TreeState.withTimes(target.dataDirectory());

        RewindPlan plan = plan();

        assertThat(plan.problems())
                .containsExactly(
                        notStopped(source, "in production"),
                        HINT_BITS,
                        HALF_RESTORED,
                        FOREIGN_LABEL,
                        new Problem(
                                Kind.FILE_TYPE_DIFFERS,
                                "\"thing\" is a file on the source and a directory on the target",
                                "bring the target's in line with the source's."));
        assertThatThrownBy(plan::execute)
                .isInstanceOfSatisfying(
                        RewindRefusedException.class,
                        e -> assertThat(e.problems()).isEqualTo(plan.problems()))
                .hasMessage("the target cannot be rewound:\n"
                        + String.join(
                                "\n",
                                plan.problems().stream().map(Problem::toString).toList()));
        assertThat(TreeState.withTimes(target.dataDirectory())).isEqualTo(before);
    }
}
