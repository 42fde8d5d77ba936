package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.stage.ReplayWal;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.wal.DirectoryWalSource;

/** A new primary that keeps no WAL longer than it needs it, and writes while it is copied. */
@Tag("server")
class RemovedWalTest {

    private static final int SEGMENT = 1 << 20;
    private static final int SEGMENTS = 4;

    private Failover failover;
    private PostgresServer old;
    private PostgresServer promoted;

    @AfterEach
    void close() {
        failover.close();
    }

    /** WAL of more than a segment since the divergence, which a slot of the test's own holds on the new primary. */
    private void diverge(String name) {
        ServerRelease release = ServerRelease.of(name);
        failover = Failover.of(PostgresServer.builder(release)
                .withChecksums()
                .walSegmentMegabytes(1)
                .setting("autovacuum", "off")
                .setting("max_wal_size", "2MB")
                .setting("min_wal_size", "2MB")
                .setting(release.isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments", "0")
                .build());
        old = failover.primary();
        old.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT g, 'shared' FROM generate_series(1, 1000) g",
                "CREATE ROLE rewinder LOGIN",
                "GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                        + " pg_read_binary_file(text, bigint, bigint, boolean) TO rewinder");
        promoted = failover.promoteStandby();
        promoted.query("SELECT pg_create_physical_replication_slot('held', true)");
        old.execute("UPDATE t SET v = 'lost' WHERE id % 7 = 0");
        old.stop(StopMode.FAST);
        write(2);
    }

    private void write(int segments) {
        for (int i = 0; i < segments; i++) {
            promoted.execute("UPDATE t SET v = 'new' WHERE id % 5 = 0");
            promoted.switchWal();
        }
    }

    /** Writes some segments, and lets the new primary remove all that it does not need itself. */
    private void writeAndRemove(int segments) {
        write(segments);
        promoted.checkpoint();
    }

    private void release() {
        promoted.query("SELECT pg_drop_replication_slot('held')");
    }

    private Transport open() throws IOException {
        Properties login = new Properties();
        login.setProperty("user", "rewinder");
        return LiveServerTransport.ofJdbcUrl(promoted.jdbcUrl("postgres"), login)
                .open();
    }

    private void rewind(Transport source, UnaryOperator<Rewind> settings) {
        RewindPlan plan = settings.apply(
                        Rewind.of(old.dataDirectory()).from(source).durability(Durability.NO_SYNC))
                .plan();
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
        plan.execute();
    }

    private void followAndCompare() {
        old.standbyOf(promoted);
        old.start();
        promoted.execute("INSERT INTO t VALUES (9000, 'last')");
        old.catchUpWith(promoted);
        assertThat(LogicalContents.of(old)).isEqualTo(LogicalContents.of(promoted));
        assertThat(promoted.value("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }

    /** Something that happens on the source while it is copied. */
    private interface Meanwhile {
        void run() throws IOException;
    }

    /** Lets it happen when the first file that is no WAL has come. */
    private static Transport once(Transport source, Meanwhile meanwhile) {
        return new PassingSource(source) {
            private boolean done;

            @Override
            public RetainedWal retainWal() throws IOException {
                return source.retainWal();
            }

            @Override
            public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
                source.fetch(ranges, new PassingReceiver(receiver) {
                    @Override
                    public void end(int range, long delivered) throws IOException {
                        super.end(range, delivered);
                        if (!done && !ReplayWal.isSegment(ranges.get(range).path())) {
                            done = true;
                            meanwhile.run();
                        }
                    }
                });
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"11", "18"})
    void sourceKeepsItsWalForARoleThatMayReplicate(String release) throws IOException {
        diverge(release);
        promoted.execute("ALTER ROLE rewinder REPLICATION");
        try (Transport source = open()) {
            rewind(
                    once(source, () -> {
                        release();
                        for (int i = 0; i < SEGMENTS; i++) {
                            writeAndRemove(1);
                        }
                    }),
                    rewind -> rewind);
        }
        followAndCompare();
    }

    /** WAL that the source keeps for nobody any more, and has not removed yet. */
    @ParameterizedTest
    @ValueSource(strings = {"11", "18"})
    void sourceKeepsItsWalFromTheDivergenceOnForARoleThatMayReplicate(String release) throws IOException {
        diverge(release);
        writeAndRemove(2);
        promoted.execute("ALTER ROLE rewinder REPLICATION");
        try (Transport source = open()) {
            Transport late =
                    new PassingSource(lateToFetch(source, () -> {
                        release();
                        writeAndRemove(SEGMENTS);
                    })) {
                        @Override
                        public RetainedWal retainWal(Lsn wanted) throws IOException {
                            return source.retainWal(wanted);
                        }
                    };
            rewind(late, rewind -> rewind);
        }
        followAndCompare();
    }

    @ParameterizedTest
    @ValueSource(strings = {"13", "18"})
    void walIsStagedAsItIsWrittenForARoleThatMayNotReplicate(String release) throws IOException {
        diverge(release);
        try (Transport source = open()) {
            rewind(
                    once(source, () -> {
                        release();
                        for (int i = 0; i < SEGMENTS; i++) {
                            String segment = promoted.value("SELECT pg_walfile_name(pg_current_wal_lsn())");
                            write(1);
                            awaitStaged(segment);
                            promoted.checkpoint();
                        }
                    }),
                    rewind -> rewind);
        }
        followAndCompare();
    }

    private void awaitStaged(String segment) throws IOException {
        for (int look = 0; look < 600; look++) {
            try (Stream<Path> files = Files.walk(old.dataDirectory().resolve(OwnNames.STAGING))) {
                if (files.anyMatch(
                        file -> file.endsWith(segment) && file.toFile().length() == SEGMENT)) {
                    return;
                }
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError("segment " + segment + " was not staged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"13", "18"})
    void whatIsRemovedAllTheSameComesFromTheArchive(String release, @TempDir Path archive) throws IOException {
        diverge(release);
        Path wal = promoted.dataDirectory().resolve("pg_wal");
        try (Transport source = open()) {
            Transport late = lateToFetch(source, () -> {
                write(SEGMENTS);
                String current = promoted.value("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
                copySegments(wal, archive, current);
                release();
                promoted.checkpoint();
            });
            rewind(late, rewind -> rewind.walFrom(new DirectoryWalSource(archive)));
        }
        followAndCompare();
    }

    /** Those before the current one: what lies behind it was renamed for reuse. */
    private static void copySegments(Path wal, Path archive, String current) throws IOException {
        try (Stream<Path> files = Files.list(wal)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = file.getFileName().toString();
                if (name.compareTo(current) < 0) {
                    Files.copy(file, archive.resolve(name));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "18")
    void refusesWhereNobodyHasItAnyMore(String release) throws IOException {
        diverge(release);
        try (Transport source = open()) {
            Transport late = lateToFetch(source, () -> {
                release();
                writeAndRemove(SEGMENTS);
            });
            assertThatThrownBy(() -> rewind(late, rewind -> rewind))
                    .isInstanceOf(RewindException.class)
                    .hasMessageContaining("failed: the source removed \"pg_wal/00000002")
                    .hasMessageContaining(
                            "\", which replay needs, before it was copied\nHINT: let the role replicate (ALTER ROLE ... REPLICATION), or give"
                                    + " the source a replication slot or a greater wal_keep_size, or name an archive that has the"
                                    + " segment; then rewind again.")
                    .extracting(e -> ((RewindException) e).targetState())
                    .isEqualTo(TargetState.UNTOUCHED);
        }
    }

    /** The standby streams the whole one. */
    @ParameterizedTest
    @ValueSource(strings = "18")
    void partOfASegmentIsNotTakenForIt(String release) throws IOException {
        diverge(release);
        try (Transport source = open()) {
            rewind(cuttingASegment(source), rewind -> rewind.restorable(segment -> true));
        }
        release();
        followAndCompare();
    }

    /** As if the source removed its first segment while it was read. */
    private static Transport cuttingASegment(Transport source) {
        return new PassingSource(source) {
            private static final long PART = 128 * 1024;

            private @Nullable DataPath cut;

            @Override
            public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
                if (cut == null) {
                    cut = ranges.stream()
                            .map(FileRange::path)
                            .filter(ReplayWal::isSegment)
                            .findFirst()
                            .orElse(null);
                }
                source.fetch(ranges, new PassingReceiver(receiver) {
                    @Override
                    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                        if (!ranges.get(range).path().equals(cut)) {
                            super.bytes(range, offset, chunk);
                        } else if (offset < PART) {
                            super.bytes(range, offset, chunk.limit((int)
                                    Math.min(chunk.limit(), chunk.position() + PART - offset)));
                        }
                    }

                    @Override
                    public void end(int range, long delivered) throws IOException {
                        boolean isCut = ranges.get(range).path().equals(cut);
                        super.end(range, isCut ? Math.min(delivered, PART) : delivered);
                    }
                });
            }
        };
    }

    /** Lets it happen before anything is fetched. */
    private static Transport lateToFetch(Transport source, Meanwhile meanwhile) {
        return new PassingSource(source) {
            private boolean done;

            @Override
            public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
                if (!done) {
                    done = true;
                    meanwhile.run();
                }
                source.fetch(ranges, receiver);
            }
        };
    }
}
