package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;

/** Old primaries that crashed with more changed pages than their buffers hold, so that these got to the disk. */
@Tag("server")
class CrashedTargetTest {

    /** How often the server is killed; many times by hand. */
    private static final int KILLS = Integer.getInteger("pgrewind4j.test.kills", 2);

    @AutoClose
    private final OpenSources sources = new OpenSources();

    private static PostgresServerBuilder builder(String release) {
        PostgresServerBuilder builder = PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("shared_buffers", "128kB")
                .setting("checkpoint_timeout", "1h")
                .setting("max_wal_size", "4GB");
        return ServerRelease.of(release).isAtLeast(11) ? builder.walSegmentMegabytes(1) : builder;
    }

    private static void create(PostgresServer server) {
        server.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT g, repeat('s', 100) FROM generate_series(1, 5000) g");
    }

    private RewindPlan plan(PostgresServer target, PostgresServer source) throws IOException {
        return Rewind.of(target.dataDirectory())
                .from(sources.open(source))
                .durability(Durability.NO_SYNC)
                .plan();
    }

    /** A pair whose target crashed several segments behind its last checkpoint. */
    private static Failover crashed(String release) {
        Failover failover = Failover.of(builder(release).build());
        create(failover.primary());
        failover.primary().checkpoint();
        failover.promoteStandby();
        PostgresServer old = failover.primary();
        String fill = ServerRelease.of(release).isAtLeast(11) ? "1" : "17";
        for (int i = 0; i < 3; i++) {
            old.execute("UPDATE t SET v = repeat('" + i + "', 100 + " + fill + ")");
            old.switchWal();
        }
        old.execute("UPDATE t SET v = repeat('x', 120)", "SELECT count(*) FROM t");
        old.stop(StopMode.IMMEDIATE);
        failover.standby().stop(StopMode.FAST);
        return failover;
    }

    private static Path segment(PostgresServer server, Lsn position) throws IOException {
        ControlFile controlFile = control(server);
        String name = WalSegmentName.containing(new TimelineId(1), position, controlFile.walSegmentSize())
                .fileName();
        return server.dataDirectory()
                .resolve(controlFile.version().walDirectory())
                .resolve(name);
    }

    private static ControlFile control(PostgresServer server) throws IOException {
        return ControlFile.parse(Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
    }

    private static void spoil(PostgresServer server, Lsn position) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(segment(server, position).toFile(), "rw")) {
            long at = position.value() % control(server).walSegmentSize();
            file.seek(at);
            int found = file.read();
            file.seek(at);
            file.write(found ^ 0x10);
        }
    }

    private static Problem onlyProblem(RewindPlan plan) {
        assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
        JsonSchemas.assertValid(plan);
        assertThat(plan.problems()).hasSize(1);
        return plan.problems().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "15", "18"})
    void refusesATargetWhoseWalGoesOnBehindADamagedByteOrALostSegment(String release) throws IOException {
        try (Failover failover = crashed(release);
                PostgresServer damaged = failover.primary().copy();
                PostgresServer last = failover.primary().copy();
                PostgresServer lost = failover.primary().copy()) {
            RewindPlan whole = plan(failover.primary(), failover.standby());
            assertThat(whole.verdict()).as(whole.problems().toString()).isEqualTo(Verdict.REWIND);
            int size = control(damaged).walSegmentSize();
            Lsn middle = whole.divergence().orElseThrow().position().plus(size);
            Lsn inMiddle = new Lsn((middle.value() & -size) + 8192 + 4000);

            spoil(damaged, inMiddle);
            Problem problem = onlyProblem(plan(damaged, failover.standby()));
            assertThat(problem.kind()).isEqualTo(Kind.WAL_ENDS_EARLY);
            assertThat(problem.message())
                    .matches("WAL has to reach [0-9A-F/]+, for segment [0-9A-F]{24}, which was written later, is there,"
                            + " and does not: end of WAL at [0-9A-F/]+: .*");
            assertThat(problem.cure())
                    .isEqualTo("bring an undamaged segment "
                            + segment(damaged, middle).getFileName() + " back into the target's "
                            + control(damaged).version().walDirectory()
                            + " from a WAL archive, or re-create the target from a base backup."
                            + Refused.OFFER);

            Lsn end = whole.targetEnd().orElseThrow();
            spoil(last, new Lsn((end.value() & -size) + 8192 + 4000));
            problem = onlyProblem(plan(last, failover.standby()));
            assertThat(problem.kind()).isEqualTo(Kind.WAL_ENDS_EARLY);
            assertThat(problem.message())
                    .matches("WAL has to reach [0-9A-F/]+, the LSN of block [0-9]+ of \"base/[0-9]+/[0-9]+\", and does"
                            + " not: end of WAL at [0-9A-F/]+: .*");

            Path gone = segment(lost, middle);
            Files.delete(gone);
            problem = onlyProblem(plan(lost, failover.standby()));
            assertThat(problem.kind()).isEqualTo(Kind.WAL_MISSING_FOR_SCAN);
            assertThat(problem.message())
                    .matches("WAL is missing: segment " + gone.getFileName()
                            + " is needed to read the changes up to segment [0-9A-F]{24}");
        }
    }

    /** Who builds an index writes its pages before their WAL is on the disk. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void takesPagesOfARelationThatTheSourceDoesNotHaveForNoProofOfLostWal(String release) throws IOException {
        try (Failover failover = Failover.of(builder(release)
                .setting("shared_buffers", "32MB")
                .setting("bgwriter_lru_maxpages", "0")
                .setting("autovacuum", "off")
                .build())) {
            PostgresServer old = failover.primary();
            create(old);
            failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 9 = 0");
            old.switchWal();
            old.checkpoint();
            Lsn position = old.currentWalLsn();
            old.execute("CREATE TABLE fresh AS SELECT * FROM t WHERE id <= 500", "CREATE INDEX ON fresh (id)");
            old.stop(StopMode.IMMEDIATE);
            failover.standby().stop(StopMode.FAST);

            spoil(old, new Lsn((position.value() & -8192) + 3 * 8192 + 4000));

            RewindPlan plan = plan(old, failover.standby());
            assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
            assertThat(plan.targetEnd().orElseThrow()).isLessThan(position.plus(4 * 8192));
        }
    }

    /** What recovery by the server itself makes of such a target is no better: it hides what is missing. */
    @ParameterizedTest
    @ValueSource(strings = {"15"})
    void refusesATargetWhoseServerHasAlreadyTakenDamageForTheEnd(String release) throws IOException {
        try (Failover failover = crashed(release)) {
            PostgresServer target = failover.primary();
            RewindPlan whole = plan(target, failover.standby());
            Lsn middle = whole.divergence()
                    .orElseThrow()
                    .position()
                    .plus(control(target).walSegmentSize());
            spoil(target, new Lsn((middle.value() & -8192) + 4000));
            target.start();
            target.stop(StopMode.FAST);

            Problem problem = onlyProblem(plan(target, failover.standby()));

            assertThat(problem.kind()).isEqualTo(Kind.WAL_ENDS_EARLY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "15", "18"})
    void acceptsWhatAKilledServerLeaves(String release) throws IOException {
        try (Failover failover = Failover.of(builder(release).build())) {
            PostgresServer old = failover.primary();
            create(old);
            old.execute("CREATE TABLE u (id serial PRIMARY KEY, v text)");
            failover.promoteStandby();
            failover.standby().execute("INSERT INTO t VALUES (-1, 'new')");
            failover.standby().stop(StopMode.FAST);
            for (int i = 0; i < KILLS; i++) {
                killUnderLoad(old, i);
                RewindPlan plan = plan(old, failover.standby());
                assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
                old.start();
            }
        }
    }

    private static void killUnderLoad(PostgresServer server, int round) {
        List<CompletableFuture<Void>> load = Stream.of(
                        "UPDATE t SET v = repeat(md5(random()::text), " + (1 + round % 9) + ") WHERE id % 7 = "
                                + round % 7,
                        "INSERT INTO u (v) SELECT repeat(md5(g::text), 10) FROM generate_series(1, 20000) g",
                        "INSERT INTO u (v) SELECT string_agg(md5((g * h)::text), '') FROM generate_series(1, 3000) g,"
                                + " generate_series(1, 300) h GROUP BY g",
                        "UPDATE t SET v = repeat('y', " + (50 + round % 100) + ") WHERE id < 2000")
                .map(statement -> CompletableFuture.runAsync(() -> {
                    while (server.isRunning()) {
                        server.execute(statement);
                    }
                }))
                .toList();
        try {
            Thread.sleep(100 + 37L * round % 400);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (round % 3 == 2) {
            server.stop(StopMode.IMMEDIATE);
        } else {
            server.kill();
        }
        for (CompletableFuture<Void> statement : load) {
            try {
                statement.join();
            } catch (CompletionException e) {
                // The server is gone.
            }
        }
    }
}
