package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.live.LiveServerTransport;

/** A rewind that ends before it is done leaves nothing on a running source: no session, no slot that holds WAL. */
@Tag("server")
class KilledClientTest {

    private static final String ROLE = "rewinder";
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static DivergedPair pair;
    private static PostgresServer target;
    private static PostgresServer source;
    private static Map<String, String> before;

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.newest()).withChecksums(),
                shared -> shared.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g"),
                old -> old.execute("UPDATE t SET id = -id"),
                now -> now.execute(
                        "CREATE ROLE " + ROLE + " LOGIN SUPERUSER REPLICATION",
                        // More than any socket's buffers hold, so that the server is still sending.
                        "CREATE TABLE later AS SELECT g AS id, repeat('x', 1000) AS v FROM generate_series(1, 20000) g"));
        target = pair.target();
        source = pair.source();
        source.start();
        before = TreeState.withoutStaging(target.dataDirectory());
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    private static String url() {
        return "jdbc:postgresql://127.0.0.1:" + source.port() + "/postgres?user=" + ROLE
                + "&sslmode=disable&gssEncMode=disable";
    }

    private static String sessions() {
        return source.value("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + ROLE + "'");
    }

    private static String slots() {
        return source.value("SELECT count(*) FROM pg_replication_slots");
    }

    @Test
    void clientThatIsKilledLeavesNoSlotAndNoSession() throws IOException, InterruptedException {
        try (LiveRewindProcess process = LiveRewindProcess.start(target.dataDirectory(), url())) {
            assertThat(process.awaitFetching()).endsWith("FETCHING\n");
            // The second one, a walsender's, holds WAL from before the source's last checkpoint.
            assertThat(source.query("SELECT temporary, active, backend_type FROM pg_replication_slots"
                            + " JOIN pg_stat_activity ON pid = active_pid ORDER BY backend_type"))
                    .hasToString("[[t, t, client backend], [t, t, walsender]]");
            assertThat(sessions()).isNotEqualTo("0");

            process.kill();

            awaitNothing(() -> slots() + sessions());
        }
        assertThat(TreeState.withoutStaging(target.dataDirectory())).isEqualTo(before);
    }

    @Test
    void rewindThatFailsLeavesNoSlotAndItsTransportNoSession() throws IOException, InterruptedException {
        try (LiveServerTransport server =
                LiveServerTransport.ofJdbcUrl(url(), new Properties()).open()) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(new LiveRewindProcess.StoppingSource(server, () -> {
                        throw new IOException("no more of this");
                    }))
                    .plan();
            assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);

            assertThatThrownBy(plan::execute)
                    .isInstanceOf(RewindException.class)
                    .hasStackTraceContaining("no more of this");

            awaitNothing(KilledClientTest::slots);
        }
        awaitNothing(KilledClientTest::sessions);
        assertThat(TreeState.withoutStaging(target.dataDirectory())).isEqualTo(before);
    }

    @Test
    void rewindThatIsCancelledOrWhoseListenerFailsLeavesNoSlotAndItsTransportNoSession()
            throws IOException, InterruptedException {
        Cancellation cancellation = Cancellation.create();
        fails(cancellation, cancellation::cancel, new RewindListener() {});
        fails(Cancellation.create(), () -> {}, new RewindListener() {
            @Override
            public void progressed(Progress progress) {
                if (progress.phase() == Phase.STAGE && progress.bytesDone() > 0) {
                    throw new IllegalStateException("a listener's fault");
                }
            }
        });
        awaitNothing(KilledClientTest::sessions);
        assertThat(TreeState.withoutStaging(target.dataDirectory())).isEqualTo(before);
    }

    private static void fails(
            Cancellation cancellation, LiveRewindProcess.StoppingSource.Stop stop, RewindListener listener)
            throws IOException, InterruptedException {
        try (LiveServerTransport server =
                LiveServerTransport.ofJdbcUrl(url(), new Properties()).open()) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(new LiveRewindProcess.StoppingSource(server, stop))
                    .cancelledBy(cancellation)
                    .listener(listener)
                    .plan();
            assertThatThrownBy(plan::execute).isInstanceOf(RewindException.class);
            awaitNothing(KilledClientTest::slots);
        }
    }

    /** A server notices in its own time that a client is gone. */
    private static void awaitNothing(Supplier<String> count) throws InterruptedException {
        long begin = System.nanoTime();
        while (!count.get().matches("0+")) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(left()).isLessThan(LONGEST);
            Thread.sleep(20);
        }
    }

    private static String left() {
        return source.query("SELECT pid, state, query FROM pg_stat_activity WHERE usename = '" + ROLE + "'") + "\n"
                + source.query("SELECT slot_name, active_pid FROM pg_replication_slots");
    }
}
