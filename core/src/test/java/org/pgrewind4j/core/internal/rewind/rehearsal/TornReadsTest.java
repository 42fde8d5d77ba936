package org.pgrewind4j.core.internal.rewind.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.ControlFileBytes;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Rewound;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.rewind.rehearsal.TornReads.Read;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.wal.control.ControlFile;

/** A running source without data checksums on which {@code full_page_writes} is on, and was not a moment ago. */
@Tag("server")
class TornReadsTest {

    /** The timeline of the control file's checkpoint. */
    private static final int RESTARTPOINT = 1;

    private static final String NO_PROMOTION = "";
    private static final String ONE_PROMOTION = NO_PROMOTION + RESTARTPOINT + "\t0/9000000\tx\n";
    private static final String TWO_PROMOTIONS = ONE_PROMOTION + (RESTARTPOINT + 1) + "\t0/9000100\tx\n";

    static List<ServerRelease> oldestAndNewest() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void refusesASourceThatWroteNoImagesForAWhile(ServerRelease release) throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                PostgresServer.builder(release).withoutChecksums().setting("wal_log_hints", "on"))) {
            PostgresServer source = pair.source();
            source.start();
            switchFullPageWrites(source, "off");
            source.execute("UPDATE t SET v = 'no image'");
            switchFullPageWrites(source, "on");

            Problem problem = problem(pair);
            assertThat(problem.kind()).isEqualTo(Kind.FULL_PAGE_WRITES_OFF);
            assertThat(problem.message())
                    .matches("full_page_writes was switched off on the source at [0-9A-F]+/[0-9A-F]+, behind its"
                            + " checkpoint's redo point [0-9A-F]+/[0-9A-F]+: a page that was read while it was written"
                            + " may stay torn");
            assertThat(problem.cure())
                    .isEqualTo("leave full_page_writes on there, run a CHECKPOINT, and rewind again.");

            source.checkpoint();
            Rewound.ofLive(pair.target(), source, CopyMode.STAGED).startAndCompare();
        }
    }

    /** What is found equal to the target's page is not looked at, so that its checksum proves nothing. */
    @Test
    void refusesItForAComparisonWithChecksumsToo() {
        ControlFile source = ControlFileBytes.stopped().dataChecksumVersion(1).build();
        List<Lsn> off = List.of(source.checkPointCopy().redo());

        assertThat(new TornReads(SourceMode.PRIMARY, source, Read.VERIFIED).unmended(off))
                .isEmpty();
        assertThat(new TornReads(SourceMode.PRIMARY, source, Read.PARTLY_VERIFIED).unmended(off))
                .isPresent();
        assertThat(new TornReads(SourceMode.STOPPED, source, Read.PARTLY_VERIFIED).unmended(off))
                .isEmpty();
    }

    private static Optional<Problem> promotedSince(SourceMode mode, int checksums, String history, int timeline) {
        ControlFile source =
                ControlFileBytes.stopped().dataChecksumVersion(checksums).build();
        assertThat(source.checkPointCopy().timeline()).isEqualTo(new TimelineId(RESTARTPOINT));
        return new TornReads(mode, source, Read.VERIFIED)
                .promotedSince(TimelineHistory.parse(new TimelineId(timeline), history));
    }

    @Test
    void refusesAStandbyThatReplayedAPromotionSinceItsRestartpoint() {
        assertThat(promotedSince(SourceMode.STANDBY, 0, ONE_PROMOTION, RESTARTPOINT + 1))
                .hasValueSatisfying(problem -> assertThat(problem.message())
                        .contains("has replayed a promotion to timeline " + (RESTARTPOINT + 1) + ":"));
        assertThat(promotedSince(SourceMode.STANDBY, 0, NO_PROMOTION, RESTARTPOINT))
                .isEmpty();
        assertThat(promotedSince(SourceMode.STANDBY, 1, ONE_PROMOTION, RESTARTPOINT + 1))
                .isEmpty();
    }

    /** Its own promotion is one; what the server wrote that it had followed, another. */
    @Test
    void refusesAPrimaryThatReplayedAPromotionBeforeItsOwnSinceItsRestartpoint() {
        assertThat(promotedSince(SourceMode.PRIMARY, 0, ONE_PROMOTION, RESTARTPOINT + 1))
                .isEmpty();
        assertThat(promotedSince(SourceMode.PRIMARY, 0, TWO_PROMOTIONS, RESTARTPOINT + 2))
                .hasValueSatisfying(problem -> assertThat(problem.message())
                        .isEqualTo("the source's last checkpoint is on timeline " + RESTARTPOINT
                                + ", and its promotion to timeline " + (RESTARTPOINT + 2)
                                + " is not the only one since: the WAL since then need not have images of all pages, and"
                                + " one that was read while it was written may stay torn"));
        assertThat(promotedSince(SourceMode.PRIMARY, 1, TWO_PROMOTIONS, RESTARTPOINT + 2))
                .isEmpty();
        assertThat(promotedSince(SourceMode.STOPPED, 0, TWO_PROMOTIONS, RESTARTPOINT + 2))
                .isEmpty();
    }

    private static Problem problem(DivergedPair pair) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (LiveServerTransport source = LiveServerTransport.ofJdbcUrl(
                        pair.source().jdbcUrl("postgres"), login)
                .open()) {
            RewindPlan plan =
                    Rewind.of(pair.target().dataDirectory()).from(source).plan();
            assertThat(plan.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(plan.problems()).hasSize(1);
            return plan.problems().get(0);
        }
    }

    /** The checkpointer takes it over, and logs it. */
    private static void switchFullPageWrites(PostgresServer server, String value) {
        server.execute("ALTER SYSTEM SET full_page_writes = " + value);
        Lsn before = server.currentWalLsn();
        server.execute("SELECT pg_reload_conf()");
        while (!server.currentWalLsn().isAfter(before)) {
            LockSupport.parkNanos(10_000_000);
        }
    }
}
