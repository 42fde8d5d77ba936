package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/** Targets whose WAL does not tell what they changed, and that become the source all the same. */
@Tag("server")
class CompareTest {

    @AutoClose
    private final OpenSources sources = new OpenSources();

    private static DivergedPair withoutHints(String release) {
        return DivergedPair.of(
                PostgresServer.builder(ServerRelease.of(release)).withoutChecksums(),
                shared -> shared.execute(
                        "CREATE TABLE t (id int PRIMARY KEY, v text)",
                        "INSERT INTO t SELECT g, repeat('s', 500) FROM generate_series(1, 5000) g",
                        "CREATE TABLE cut AS SELECT g AS id, repeat('c', 500) AS v FROM generate_series(1, 2000) g",
                        "CREATE TABLE same AS SELECT g AS id FROM generate_series(1, 2000) g",
                        "CREATE TABLE gone AS SELECT g AS id FROM generate_series(1, 2000) g",
                        "CREATE UNLOGGED TABLE u AS SELECT g AS id FROM generate_series(1, 2000) g",
                        "VACUUM ANALYZE"),
                old -> old.execute(
                        "UPDATE t SET v = 'lost' WHERE id % 50 = 0",
                        "INSERT INTO t SELECT g, 'lost' FROM generate_series(9001, 9500) g",
                        "CREATE TABLE lost AS SELECT g AS id FROM generate_series(1, 2000) g",
                        "SELECT count(*) FROM t, cut"),
                promoted -> promoted.execute(
                        "UPDATE t SET v = 'new' WHERE id % 70 = 0",
                        "DELETE FROM cut WHERE id > 500",
                        "VACUUM cut",
                        "DROP TABLE gone",
                        "CREATE TABLE fresh AS SELECT g AS id FROM generate_series(1, 2000) g"));
    }

    private Rewind rewind(PostgresServer target, PostgresServer source) throws IOException {
        return Rewind.of(target.dataDirectory()).from(sources.open(source)).durability(Durability.NO_SYNC);
    }

    private static void deleteWal(PostgresServer server) throws IOException {
        String directory =
                ControlFileBytes.read(server.dataDirectory()).version().walDirectory();
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve(directory))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void targetWithoutWalOrHintsBecomesAStoppedAndARunningSource(String release) throws IOException {
        try (DivergedPair pair = withoutHints(release)) {
            PostgresServer target = pair.copyOfTarget();
            PostgresServer source = pair.copyOfSource();
            String same = pathOf("same", pair.source());
            deleteWal(target);
            RewindPlan refused = rewind(target, source).plan();
            assertThat(refused.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(refused.problems())
                    .extracting(Problem::kind)
                    .containsExactly(Kind.HINT_BITS_NOT_LOGGED, Kind.WAL_MISSING_FOR_SCAN);
            assertThat(refused.problems())
                    .allSatisfy(problem -> assertThat(problem.cure())
                            .endsWith(" Or have both data directories compared instead (Compare.NEEDED)."));
            assertThat(rewind(target, source).compare(Compare.NEEDED).examine().verdict())
                    .isEqualTo(Verdict.COMPARE);
            setHint(target, same);
            Rewound local = Rewound.byContents(target, source);
            assertThat(Files.mismatch(
                            target.dataDirectory().resolve(same),
                            source.dataDirectory().resolve(same)))
                    .isEqualTo(-1);
            assertThat(local.plan().comparedBytes()).isGreaterThan(4 << 20);
            assertThat(local.plan().actions())
                    .filteredOn(UpdateFile.class::isInstance)
                    .isNotEmpty();
            local.startAndCompare();
            pair.closeCopies();

            pair.source().start();
            Rewound live;
            try (Load load = Load.on(pair.source())) {
                load.await(50);
                live = Rewound.byContents(pair.target(), pair.source());
            }
            // Those of the first timeline were its own, but for the one that the source's first one repeats.
            List<String> repeated = live.plan().actions().stream()
                    .filter(FileAction.RepeatWal.class::isInstance)
                    .map(action -> action.path().fileName())
                    .toList();
            assertThat(segments(pair.target()))
                    .hasSizeGreaterThan(1)
                    .allMatch(name -> name.startsWith("00000002") || repeated.contains(name));
            live.startAndCompare();
        }
    }

    private static List<String> segments(PostgresServer server) throws IOException {
        String directory =
                ControlFileBytes.read(server.dataDirectory()).version().walDirectory();
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve(directory))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .toList();
        }
    }

    private static String pathOf(String table, PostgresServer server) {
        server.start();
        String path = server.query("SELECT pg_relation_filepath('" + table + "')")
                .get(0)
                .get(0);
        server.stop(StopMode.FAST);
        return path;
    }

    /** Turns the hint of the first row around that says that who inserted it has committed ({@code htup_details.h}). */
    private static void setHint(PostgresServer server, String path) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(server.dataDirectory().resolve(path).toFile(), "rw")) {
            file.seek(24);
            int row = (file.read() | file.read() << 8) & 0x7FFF;
            file.seek(row + 21);
            int hints = file.read();
            file.seek(row + 21);
            file.write(hints ^ 0x01);
        }
    }

    /** A running server of which no WAL is shown, though the target has a segment of that very name and content. */
    @Test
    void refusesWalThatNobodyHasThoughTheTargetHasItsName() throws IOException {
        try (DivergedPair pair = withoutHints("13")) {
            pair.source().start();
            for (String segment : segments(pair.source())) {
                Files.copy(
                        pair.source().dataDirectory().resolve("pg_wal").resolve(segment),
                        pair.target().dataDirectory().resolve("pg_wal").resolve(segment),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            try (LiveServerTransport transport = live(pair.source())) {
                PassingSource withoutWal = new PassingSource(transport) {
                    @Override
                    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
                        super.list(closed, file -> {
                            if (!file.path().toString().matches("pg_wal/[0-9A-F]{24}")) {
                                visitor.visit(file);
                            }
                        });
                    }

                    @Override
                    public WalSegmentSource wal() {
                        return name -> Optional.empty();
                    }
                };
                RewindPlan plan = Rewind.of(pair.target().dataDirectory())
                        .from(withoutWal)
                        .compare(Compare.ALWAYS)
                        .restorable(any -> true)
                        .plan();
                assertThat(plan.verdict()).isEqualTo(Verdict.COMPARE);
                RewindException refusal = catchThrowableOfType(RewindException.class, plan::execute);
                assertThat(refusal.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED);
                assertThat(refusal.getMessage())
                        .contains(
                                "WAL since the source's last checkpoint is not here, and what it makes of a copy is not"
                                        + " known: " + plan.wal().get(0).segment());
            }
        }
    }

    /** A source that changes what was compared, and completes a checkpoint, before anything of it is fetched. */
    private static final class MovingSource extends PassingSource {
        private final PostgresServer server;
        private int comparisons;

        MovingSource(LiveServerTransport source, PostgresServer server) {
            super(source);
            this.server = server;
        }

        @Override
        public BitSet different(List<FileRange> ranges, Path other) throws IOException {
            BitSet different = super.different(ranges, other);
            comparisons++;
            server.execute(
                    "UPDATE t SET v = 'moved " + comparisons + "' WHERE id % 45 = 0",
                    "INSERT INTO t SELECT g, 'moved' FROM generate_series(10000 * " + comparisons + ", 10000 * "
                            + comparisons + " + 300) g",
                    "DELETE FROM cut WHERE id > 400 - 100 * " + comparisons,
                    "VACUUM cut",
                    "CHECKPOINT");
            return different;
        }
    }

    private static LiveServerTransport live(PostgresServer server) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        return LiveServerTransport.ofJdbcUrl(server.jdbcUrl("postgres"), login).open();
    }

    @Test
    void replayMendsWhatChangesWhileItIsComparedAndEqualDataIsNotFetched() throws IOException {
        try (DivergedPair pair = withoutHints("15")) {
            pair.source().start();
            Rewound rewound;
            try (LiveServerTransport source = live(pair.source())) {
                MovingSource moving = new MovingSource(source, pair.source());
                rewound = Rewound.byContents(pair.target(), pair.source(), moving, Compare.ALWAYS);
                // What is no relation while planning, chunks, and blocks.
                assertThat(moving.comparisons).isEqualTo(3);
                assertThat(rewound.report().bytes().blockBytes())
                        .isPositive()
                        .isLessThan(rewound.plan().comparedBytes() / 4);
            }
            rewound.startAndCompare();
        }
    }

    @Test
    void refusesACopiedDatabaseBehindTheSourcesCheckpoint() throws IOException {
        try (DivergedPair pair = withoutHints("13")) {
            PostgresServer source = pair.source();
            source.start();
            try (LiveServerTransport transport = live(source)) {
                ControlFile before = transport.controlFile();
                source.execute("CREATE DATABASE copied");
                PassingSource early = new PassingSource(transport) {
                    @Override
                    public ControlFile controlFile() {
                        // As it is while the copy is being made: its last checkpoint is still to come.
                        return before;
                    }
                };
                RewindException refusal = catchThrowableOfType(
                        RewindException.class,
                        () -> Rewind.of(pair.target().dataDirectory())
                                .from(early)
                                .compare(Compare.NEEDED)
                                .plan()
                                .execute());
                assertThat(refusal.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED);
                assertThat(refusal.getMessage())
                        .containsPattern("database \\d+ was created at [0-9A-F/]+ by copying the files of database 1,"
                                + " behind the source's last checkpoint, and replay would copy what it finds\\s+HINT: run"
                                + " a CHECKPOINT on the source, and compare again\\.");
            }
        }
    }

    private static PostgresServerBuilder crashing() {
        return PostgresServer.builder(ServerRelease.of("15"))
                .withChecksums()
                .walSegmentMegabytes(1)
                .setting("shared_buffers", "128kB")
                .setting("checkpoint_timeout", "1h")
                .setting("max_wal_size", "4GB");
    }

    @Test
    void crashedTargetWithDamagedWalBecomesTheSource() throws IOException {
        try (Failover failover = Failover.of(crashing().build())) {
            PostgresServer target = failover.primary();
            target.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, v text)",
                    "INSERT INTO t SELECT g, repeat('s', 100) FROM generate_series(1, 5000) g");
            target.checkpoint();
            failover.promoteStandby();
            for (int i = 0; i < 3; i++) {
                target.execute("UPDATE t SET v = repeat('" + i + "', 101)");
                target.switchWal();
            }
            target.stop(StopMode.IMMEDIATE);
            failover.standby().stop(StopMode.FAST);
            RewindPlan whole = rewind(target, failover.standby()).plan();
            spoil(target, whole.divergence().orElseThrow().position());
            assertThat(rewind(target, failover.standby()).plan().problems())
                    .extracting(Problem::kind)
                    .containsExactly(Kind.WAL_ENDS_EARLY);

            Rewound.byContents(target, failover.standby()).startAndCompare();
        }
    }

    /** One damaged byte, with whole segments behind it. */
    private static void spoil(PostgresServer server, Lsn divergence) throws IOException {
        int size = ControlFileBytes.read(server.dataDirectory()).walSegmentSize();
        Lsn middle = divergence.plus(size);
        String name = WalSegmentName.containing(new TimelineId(1), middle, size).fileName();
        Path segment = server.dataDirectory().resolve("pg_wal").resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(8192 + 4000);
            int found = file.read();
            file.seek(8192 + 4000);
            file.write(found ^ 0x10);
        }
    }
}
