package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.Changes;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** A target without checksums whose server did not log hint bits for a time, and did so again when it stopped. */
@Tag("server")
class HintLoggingGapsTest {

    private static final long BEFORE = Changes.DIVERGENCE.value() - 0x100;
    private static final long AFTER = Changes.DIVERGENCE.value();

    private final Changes changes = new Changes();

    private void assertGap(String gap) {
        assertThat(new HintLoggingGaps(changes.build(), Changes.DIVERGENCE).gap())
                .hasValue(gap);
    }

    private void assertNoGap() {
        assertThat(new HintLoggingGaps(changes.build(), Changes.DIVERGENCE).gap())
                .isEmpty();
    }

    @Test
    void hasNoGapWithoutAStart() {
        assertNoGap();
    }

    @Test
    void hasNoGapWhateverWasBeforeTheDivergence() {
        changes.startedWithoutHintsLogged(BEFORE).startedWithHintsLogged(BEFORE + 0x50);
        assertNoGap();
        changes.startedWithHintsLogged(AFTER);
        assertNoGap();
    }

    @Test
    void hasAGapWhereTheServerWasStartedWithoutThem() {
        changes.hintImage(BEFORE).startedWithoutHintsLogged(AFTER).startedWithHintsLogged(AFTER + 0x100);
        assertGap("its server was started with wal_log_hints = off at 0/3000158");
    }

    @Test
    void hasAGapWhereTheServerRanWithoutThemAtTheDivergence() {
        changes.hintImage(BEFORE - 8).startedWithoutHintsLogged(BEFORE).startedWithHintsLogged(AFTER + 0x100);
        assertGap("nothing shows that it logged hint bits before its server was started with other parameters at"
                + " 0/3000258");
    }

    @Test
    void takesAnImageForAProofOfTheTimeUpToTheNextStart() {
        changes.startedWithHintsLogged(AFTER + 0x100);
        assertGap("nothing shows that it logged hint bits before its server was started with other parameters at"
                + " 0/3000258");
        changes.hintImage(AFTER + 0x50);
        assertNoGap();
    }

    static List<ServerRelease> eachFormOfTheRecord() {
        List<ServerRelease> releases = ServerRelease.all();
        return List.of(releases.get(0), releases.get(releases.size() - 1));
    }

    @ParameterizedTest
    @MethodSource("eachFormOfTheRecord")
    void targetThatDidNotLogThemForATimeIsRefused(ServerRelease release) throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                PostgresServer.builder(release).withoutChecksums().setting("wal_log_hints", "on"),
                shared -> shared.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g"),
                // The rows' inserter is looked up after the checkpoint, and found to have committed.
                old -> old.execute("INSERT INTO t VALUES (0)", "CHECKPOINT", "SELECT count(*) FROM t"),
                promoted -> promoted.execute("INSERT INTO t VALUES (-1)"))) {
            PostgresServer target = pair.target();
            restart(target, "max_prepared_transactions", "7");
            assertThat(plan(pair).problems()).isEmpty();

            restart(target, "wal_log_hints", "off");
            restart(target, "wal_log_hints", "on");

            assertThat(plan(pair).problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Kind.HINT_BITS_NOT_LOGGED);
                assertThat(problem.message())
                        .startsWith("the target has no data checksums, and its server was started with"
                                + " wal_log_hints = off at 0/");
            });
        }
    }

    private static void restart(PostgresServer server, String name, String value) {
        server.configure(name, value);
        server.start();
        server.stop(StopMode.FAST);
    }

    private static RewindPlan plan(DivergedPair pair) throws IOException {
        try (LocalDirectoryTransport source =
                LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            return Rewind.of(pair.target().dataDirectory()).from(source).plan();
        }
    }
}
