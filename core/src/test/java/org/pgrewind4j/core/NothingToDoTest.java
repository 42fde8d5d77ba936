package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;

/** Pairs of clusters that need no rewind, or of which one could be taken for the other. */
@Tag("server")
class NothingToDoTest {

    private static DivergedPair pair;

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(builder());
    }

    private static PostgresServerBuilder builder() {
        return PostgresServer.builder(ServerRelease.of("17")).withChecksums().walSegmentMegabytes(1);
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

    private RewindPlan plan(PostgresServer target, PostgresServer source) throws IOException {
        return Rewind.of(target.dataDirectory())
                .from(sources.open(source))
                .durability(Durability.NO_SYNC)
                .plan();
    }

    private static void assertNothingIsDone(RewindPlan plan, PostgresServer target, Verdict verdict) {
        Map<String, String> before = TreeState.withTimes(target.dataDirectory());
        assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(verdict);
        assertThat(plan.actions()).isEmpty();

        RewindReport report = plan.execute();

        assertThat(report.verdict()).isEqualTo(verdict);
        JsonSchemas.assertValid(plan);
        JsonSchemas.assertValid(report);
        assertThat(report.bytes().total() + report.filesChanged() + report.filesRemoved())
                .isZero();
        assertThat(TreeState.withTimes(target.dataDirectory())).isEqualTo(before);
    }

    @Test
    void planningChangesNothing() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        Map<String, String> targetBefore = TreeState.withTimes(target.dataDirectory());
        Map<String, String> sourceBefore = TreeState.withTimes(source.dataDirectory());

        assertThat(plan(target, source).verdict()).isEqualTo(Verdict.REWIND);

        assertThat(TreeState.withTimes(target.dataDirectory())).isEqualTo(targetBefore);
        assertThat(TreeState.withTimes(source.dataDirectory())).isEqualTo(sourceBefore);
    }

    @Test
    void executionDoesNotTouchTheSource() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        Map<String, String> before = TreeState.withTimes(source.dataDirectory());

        plan(target, source).execute();

        assertThat(TreeState.withTimes(source.dataDirectory())).isEqualTo(before);
    }

    @Test
    void secondRunChangesNothing() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        plan(target, pair.source()).execute();

        assertNothingIsDone(plan(target, pair.source()), target, Verdict.ALREADY_REWOUND);
    }

    @Test
    void rewoundTargetStaysSoWhileItsSourceGoesOn() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        plan(target, source).execute();
        source.start();
        source.execute("INSERT INTO t VALUES (7000, 'later')");
        source.stop(StopMode.FAST);

        assertNothingIsDone(plan(target, source), target, Verdict.ALREADY_REWOUND);
    }

    @Test
    void standbyOnTheSourcesTimelineNeedsNoRewind() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        plan(target, source).execute();
        source.start();
        target.standbyOf(source);
        target.start();
        source.execute("INSERT INTO t VALUES (7000, 'later')");
        target.catchUpWith(source);
        target.stop(StopMode.FAST);
        source.execute("INSERT INTO t VALUES (7001, 'later still')");
        source.stop(StopMode.FAST);

        assertNothingIsDone(plan(target, source), target, Verdict.NOT_NEEDED);

        // The other way round there is nobody from whom the rest could be got.
        RewindPlan ahead = plan(source, target);
        assertThat(ahead.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(ahead.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.SOURCE_BEHIND);
            assertThat(problem.message())
                    .matches(
                            "the target is ahead of the source: its WAL ends at [0-9A-F/]+, and the source's, which is the"
                                    + " same so far, at [0-9A-F/]+");
            assertThat(problem.cure())
                    .isEqualTo("let the source catch up with the primary that it follows, promote it and plan again, or"
                            + " choose another source.");
        });
    }

    @Test
    void primaryThatWasStoppedBeforeThePromotionCanFollow() throws IOException {
        try (Failover failover = Failover.of(builder().build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t (id int)");
            old.stop(StopMode.FAST);
            PostgresServer promoted = failover.standby();
            promoted.promote();
            promoted.execute("INSERT INTO t VALUES (1)");
            promoted.stop(StopMode.FAST);

            assertNothingIsDone(plan(old, promoted), old, Verdict.CAN_FOLLOW);

            promoted.start();
            old.standbyOf(promoted);
            old.start();
            old.catchUpWith(promoted);
            assertThat(old.value("SELECT count(*) FROM t")).isEqualTo("1");
        }
    }

    @Test
    void standbyThatWasBehindCanFollowAndOneThatWasAheadCannot() throws IOException {
        try (Failover failover = Failover.of(builder().build())) {
            PostgresServer primary = failover.primary();
            failover.standby().stop(StopMode.FAST);
            try (PostgresServer other = failover.standby().copy()) {
                failover.standby().start();
                primary.execute("CREATE TABLE t (id int)");
                PostgresServer promoted = failover.promoteStandby();
                promoted.execute("INSERT INTO t VALUES (1)");
                promoted.stop(StopMode.FAST);
                assertNothingIsDone(plan(other, promoted), other, Verdict.CAN_FOLLOW);

                other.standbyOf(primary);
                other.start();
                primary.execute("INSERT INTO t VALUES (2)");
                other.catchUpWith(primary);
                other.stop(StopMode.FAST);

                assertThat(plan(other, promoted).verdict()).isEqualTo(Verdict.REWIND);
            }
        }
    }

    @Test
    void twoPromotionsAtOnePositionHaveOneHistoryFileAndAreToldApart() throws IOException {
        try (Failover failover = Failover.of(builder().build());
                PostgresServer other = secondStandby(failover)) {
            PostgresServer primary = failover.primary();
            PostgresServer one = failover.standby();
            primary.execute("CREATE TABLE t (id int)");
            one.catchUpWith(primary);
            other.catchUpWith(primary);
            primary.stop(StopMode.FAST);
            one.promote();
            other.promote();
            one.execute("INSERT INTO t VALUES (1)");
            other.execute("INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");
            one.stop(StopMode.FAST);
            other.stop(StopMode.FAST);
            assertThat(switchPoint(one)).isEqualTo(switchPoint(other));

            RewindPlan plan = plan(one, other);

            assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(plan.divergence().orElseThrow().kind()).isEqualTo(Divergence.Kind.SAME_TIMELINE);
            assertThat(plan.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Kind.HISTORY_DIFFERS);
                assertThat(problem.message())
                        .matches("the histories look alike, but the record at [0-9A-F]+/[0-9A-F]+ is not the same: CRC"
                                + " [0-9A-F]{8} on the target, [0-9A-F]{8} on the source; both were promoted apart from"
                                + " each other to the same timeline");
                assertThat(problem.cure()).isEqualTo("re-create the target from a base backup." + Refused.OFFER);
            });
        }
    }

    /** Another standby of the same primary, running. */
    private static PostgresServer secondStandby(Failover failover) {
        failover.standby().stop(StopMode.FAST);
        PostgresServer other = failover.standby().copy();
        failover.standby().start();
        other.standbyOf(failover.primary());
        other.start();
        return other;
    }

    private static String switchPoint(PostgresServer server) throws IOException {
        return Files.readString(server.dataDirectory().resolve("pg_wal/00000002.history"))
                .split("\t", -1)[1];
    }

    @Test
    void twoPromotionsAtTwoPositionsPartAtTheFirst() throws IOException {
        try (Failover failover = Failover.of(builder().build());
                PostgresServer other = secondStandby(failover)) {
            PostgresServer primary = failover.primary();
            PostgresServer first = failover.standby();
            primary.execute("CREATE TABLE t (id int)");
            first.catchUpWith(primary);
            first.promote();
            first.execute("INSERT INTO t VALUES (1)");
            primary.execute("INSERT INTO t SELECT generate_series(11, 500)");
            other.catchUpWith(primary);
            other.promote();
            other.execute("INSERT INTO t VALUES (2)");
            primary.stop(StopMode.FAST);
            first.stop(StopMode.FAST);
            other.stop(StopMode.FAST);
            Lsn parting = Lsn.parse(switchPoint(first));
            assertThat(parting).isLessThan(Lsn.parse(switchPoint(other)));

            assertForkedAndRewound(first.copy(), other, parting, "491");
            assertForkedAndRewound(other.copy(), first, parting, "1");
        }
    }

    private void assertForkedAndRewound(PostgresServer copy, PostgresServer source, Lsn parting, String rows)
            throws IOException {
        try (PostgresServer target = copy) {
            RewindPlan plan = plan(target, source);
            assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
            assertThat(plan.divergence()).contains(new Divergence(Divergence.Kind.FORKED, new TimelineId(1), parting));
            plan.execute();
            source.start();
            target.standbyOf(source);
            target.start();
            target.catchUpWith(source);
            assertThat(target.value("SELECT count(*) FROM t")).isEqualTo(rows);
            target.stop(StopMode.FAST);
            source.stop(StopMode.FAST);
        }
    }

    /** A standby that stopped before its upstream was promoted: what both share ends where the standby does. */
    @Test
    void promotedTargetGoesBackToAStandbyThatIsBehindTheFork() throws IOException {
        try (Failover failover = Failover.of(builder().build());
                PostgresServer behind = secondStandby(failover)) {
            PostgresServer primary = failover.primary();
            primary.execute("CREATE TABLE t (id int)", "INSERT INTO t SELECT generate_series(1, 100)");
            behind.catchUpWith(primary);
            behind.stop(StopMode.FAST);
            primary.execute("UPDATE t SET id = -id", "CHECKPOINT", "UPDATE t SET id = id - 1000");
            PostgresServer promoted = failover.promoteStandby();
            promoted.execute("INSERT INTO t VALUES (0)");
            promoted.stop(StopMode.FAST);
            primary.stop(StopMode.FAST);

            RewindPlan plan = plan(promoted, behind);

            assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
            assertThat(plan.divergence().orElseThrow().kind()).isEqualTo(Divergence.Kind.SOURCE_IS_ANCESTOR);
            assertThat(plan.divergence().orElseThrow().position())
                    .isEqualTo(plan.replayEnd().orElseThrow())
                    .isLessThan(Lsn.parse(switchPoint(promoted)));
            assertThat(plan.redo().orElseThrow())
                    .isLessThan(plan.divergence().orElseThrow().position());
            plan.execute();
            behind.start();
            promoted.standbyOf(behind);
            promoted.start();
            assertThat(promoted.query("SELECT min(id), max(id) FROM t")).isEqualTo(List.of(List.of("1", "100")));
        }
    }

    /** The same timeline, and the target ends first: two copies of one primary that both went on as primaries. */
    @Test
    void targetThatEndsBeforeTheForkButIsAnotherOneIsRefused() throws IOException {
        try (Failover failover = Failover.of(builder().build())) {
            PostgresServer primary = failover.primary();
            primary.execute("CREATE TABLE t (id int)");
            failover.standby().catchUpWith(primary);
            failover.standby().stop(StopMode.FAST);
            try (PostgresServer loner = failover.standby().copy()) {
                Files.delete(loner.dataDirectory().resolve("standby.signal"));
                loner.start();
                loner.execute("CREATE TABLE of_the_loner (id int)");
                loner.stop(StopMode.FAST);
                failover.standby().start();
                primary.execute("INSERT INTO t SELECT generate_series(1, 10000)");
                PostgresServer promoted = failover.promoteStandby();
                promoted.stop(StopMode.FAST);

                RewindPlan plan = plan(loner, promoted);

                assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
                assertThat(plan.problems()).extracting(Problem::kind).containsExactly(Kind.HISTORY_DIFFERS);
            }
        }
    }

    /** All control files have one CRC-32C, for each ends with that of its own content. */
    @Test
    void controlFilesAreToldApartByMoreThanTheirCrc() throws IOException {
        byte[] one = Files.readAllBytes(controlFile(pair.target()));
        byte[] other = Files.readAllBytes(controlFile(pair.source()));

        assertThat(crc(one)).isEqualTo(crc(other));
        assertThat(Manifest.fingerprint(one)).isNotEqualTo(Manifest.fingerprint(other));
    }

    private static Path controlFile(PostgresServer server) {
        return server.dataDirectory().resolve("global/pg_control");
    }

    private static long crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}
