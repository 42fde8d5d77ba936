package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.connect.UrlConnector;

/** A source that hangs, goes away, comes back, or talks nonsense, in the middle of something. */
@Tag("server")
class LiveServerFaultsTest {

    private static final int LENGTH = 30_000_000;
    private static final LiveTimeouts SHORT =
            LiveTimeouts.DEFAULT.withConnect(Duration.ofSeconds(2)).withSocket(Duration.ofSeconds(1));

    private static PostgresServer server;
    private static byte[] content;
    private static FileRange large;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.builder(ServerRelease.newest()).build();
        server.initialize();
        server.start();
        LiveSource.createRole(server);
        content = new byte[LENGTH];
        new Random(1).nextBytes(content);
        Files.write(server.dataDirectory().resolve("large"), content);
        large = new FileRange(DataPath.of("large"), 0, LENGTH);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A standby ends a query that its replay cannot wait for, and the next one as well, perhaps. */
    @Test
    void asksAgainWhereReplayWasInTheWayOfAQuery() throws IOException {
        LiveSessions sessions =
                new LiveSessions(UrlConnector.of(LiveSource.url(server), new Properties()), LiveTimeouts.DEFAULT);
        AtomicInteger asked = new AtomicInteger();
        try {
            int attempts = LiveWorkers.call(sessions, new CallGuard(sessions.description()), session -> {
                if (asked.incrementAndGet() <= 10) {
                    throw new SQLException("canceling statement due to conflict with recovery", "40001");
                }
                return asked.get();
            });
            assertThat(attempts).isEqualTo(11);
        } finally {
            sessions.close();
        }
    }

    private static LiveServerTransport open(FaultyProxy proxy, LiveTimeouts timeouts) throws IOException {
        return LiveServerTransport.ofJdbcUrl(LiveSource.url(proxy.port()), new Properties())
                .timeouts(timeouts)
                .open();
    }

    private static byte[] fetch(Transport transport, Runnable atFirstChunk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        transport.fetch(List.of(large), new RangeReceiver() {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) {
                if (offset == 0) {
                    atFirstChunk.run();
                }
                assertThat(offset).isEqualTo(bytes.position());
                bytes.put(chunk);
            }

            @Override
            public void end(int range, long delivered) {
                assertThat(delivered).isEqualTo(bytes.position());
            }

            @Override
            public void vanished(int range) {
                throw new AssertionError("vanished");
            }
        });
        return bytes.array();
    }

    @Test
    void replacesConnectionsThatAreCut() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, SHORT)) {
            proxy.failAfter(3_000_000, FaultyProxy.Fault.CUT, 2);
            assertThat(fetch(transport, () -> {})).isEqualTo(content);
            assertThat(proxy.accepted()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void givesUpWhenConnectionsAreCutAgainAndAgain() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, SHORT)) {
            proxy.failAfter(100_000, FaultyProxy.Fault.CUT, Integer.MAX_VALUE);
            assertThatThrownBy(() -> fetch(transport, () -> {}))
                    .isInstanceOf(LiveServerException.class)
                    .hasMessageStartingWith("could not read from server \"127.0.0.1:" + proxy.port() + "\": ");
        }
    }

    @Test
    void givesUpWhenTheServerCannotBeReachedAnyMore() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, SHORT)) {
            proxy.failAfter(3_000_000, FaultyProxy.Fault.CUT, Integer.MAX_VALUE);
            proxy.refuse();
            assertThatThrownBy(() -> fetch(transport, () -> {}))
                    .isInstanceOf(LiveServerException.class)
                    .hasMessageStartingWith("could not connect to server \"127.0.0.1:" + proxy.port() + "\": ");
        }
    }

    @Test
    void doesNotWaitForASilentServer() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, SHORT)) {
            proxy.failAfter(3_000_000, FaultyProxy.Fault.SILENCE, Integer.MAX_VALUE);
            assertThatThrownBy(() -> fetch(transport, () -> {}))
                    .isInstanceOf(LiveServerException.class)
                    .hasMessageContaining("Read timed out");
        }
    }

    @Test
    void doesNotTakeNonsenseForAnAnswer() throws IOException {
        // Nonsense can look like the start of another copy; then the driver waits for itself.
        LiveTimeouts timeouts = SHORT.withStatement(Duration.ofSeconds(1));
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, timeouts)) {
            proxy.failAfter(3_000_000, FaultyProxy.Fault.GARBAGE, Integer.MAX_VALUE);
            assertThatThrownBy(() -> fetch(transport, () -> {})).isInstanceOf(LiveServerException.class);
        }
    }

    /** Content may come out changed, for nothing in the protocol would show it; but nothing comes out beside it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25})
    void damagedAnswersAreErrorsOfTheSourceOrOtherContent(int seed) throws IOException {
        LiveTimeouts timeouts = SHORT.withSocket(Duration.ofMillis(300)).withStatement(Duration.ofSeconds(2));
        List<FileRange> ranges = IntStream.range(0, 300)
                .mapToObj(i -> new FileRange(DataPath.of("large"), i * 50_000L, 2_000))
                .toList();
        try (FaultyProxy proxy = new FaultyProxy(server.port(), seed)) {
            proxy.failAfter(seed % 5 == 0 ? 0 : 2_000, FaultyProxy.Fault.FLIPS, Integer.MAX_VALUE);
            try (Transport transport = open(proxy, timeouts)) {
                transport.fetch(ranges, new CountingReceiver(ranges));
                transport.list(Set.of(), file -> {});
                transport.replayEnd();
            }
        } catch (IOException e) {
            assertThat(e).isInstanceOfAny(LiveServerException.class, NoSuchFileException.class);
        } catch (PgRewindException e) {
            // A name that is not safe, another start time, a control file with a wrong checksum.
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private record CountingReceiver(List<FileRange> ranges) implements RangeReceiver {
        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {
            assertThat(offset).isEqualTo(ranges.get(range).offset());
            assertThat(chunk.remaining()).isBetween(1, 2_000);
        }

        @Override
        public void end(int range, long delivered) {
            assertThat(delivered).isBetween(0L, 2_000L);
        }

        @Override
        public void vanished(int range) {}
    }

    @Test
    void endsNonsenseThatComesSlowlyAndForever() throws IOException {
        LiveTimeouts timeouts = SHORT.withStatement(Duration.ofSeconds(1));
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, timeouts)) {
            proxy.failAfter(0, FaultyProxy.Fault.DRIP, Integer.MAX_VALUE);
            assertThatThrownBy(() -> transport.list(Set.of(), file -> {}))
                    .isInstanceOf(LiveServerException.class)
                    .hasMessage("no answer from server \"127.0.0.1:" + proxy.port() + "\" within PT1S");
        }
    }

    @Test
    void doesNotWaitForALoginThatNeverEnds() throws IOException {
        for (FaultyProxy.Fault fault : new FaultyProxy.Fault[] {
            FaultyProxy.Fault.SILENCE, FaultyProxy.Fault.DRIP, FaultyProxy.Fault.GARBAGE, FaultyProxy.Fault.CUT
        }) {
            try (FaultyProxy proxy = new FaultyProxy(server.port())) {
                proxy.failAfter(0, fault, Integer.MAX_VALUE);
                assertThatThrownBy(() -> open(proxy, SHORT))
                        .isInstanceOf(LiveServerException.class)
                        .hasMessageStartingWith("could not connect to server \"127.0.0.1:" + proxy.port() + "\": ");
            }
        }
    }

    @Test
    void endsWhenTheTimeForEverythingIsOver() throws Exception {
        LiveTimeouts timeouts = SHORT.withOverall(Duration.ofMillis(1_500)).withSocket(Duration.ofSeconds(60));
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, timeouts)) {
            proxy.failAfter(3_000_000, FaultyProxy.Fault.SILENCE, Integer.MAX_VALUE);
            assertThatThrownBy(() -> fetch(transport, () -> {}))
                    .isInstanceOf(LiveServerException.class)
                    .hasMessage("no answer from server \"127.0.0.1:" + proxy.port()
                            + "\" within the overall time of PT1.5S");
        }
    }

    @Test
    void anInterruptEndsAWaitThatNothingElseEnds() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = open(proxy, LiveTimeouts.DEFAULT)) {
            // Within the second batch of each connection: the first ones wake the one who interrupts.
            proxy.failAfter(6_000_000, FaultyProxy.Fault.SILENCE, 2);
            Thread caller = Thread.currentThread();
            Thread waker = new Thread(() -> {
                while (caller.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                caller.interrupt();
            });
            assertThatThrownBy(() -> fetch(transport, waker::start)).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            proxy.heal();
            assertThat(fetch(transport, () -> {})).isEqualTo(content);
        }
    }

    @Test
    void cancelsOnTheServerToo() throws IOException {
        try (Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open()) {
            IOException enough = new IOException("enough");
            assertThatThrownBy(() -> transport.list(Set.of(), file -> {
                        throw enough;
                    }))
                    .isSameAs(enough);
            assertThatThrownBy(() -> transport.fetch(List.of(large, large), new RangeReceiver() {
                        @Override
                        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                            throw enough;
                        }

                        @Override
                        public void end(int range, long delivered) {}

                        @Override
                        public void vanished(int range) {}
                    }))
                    .isSameAs(enough);
        }
        awaitNoSession();
        awaitNoThread();
    }

    private static void awaitNoSession() {
        String sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + LiveSource.ROLE + "'";
        while (!server.value(sessions).equals("0")) {
            Thread.onSpinWait();
        }
    }

    private static void awaitNoThread() {
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("pgrewind4j-"))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void goesOnWhenAnAdministratorEndsItsSessions() throws IOException {
        try (Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open()) {
            assertThat(fetch(transport, LiveServerFaultsTest::terminate)).isEqualTo(content);
            terminate();
            // The server answers before they have ended: each would be lost in its turn, and more than three are too
            // many.
            while (!server.value("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + LiveSource.ROLE + "'")
                    .equals("0")) {
                Thread.onSpinWait();
            }
            assertThat(transport.read(DataPath.of("PG_VERSION"), 10)).isNotEmpty();
        }
    }

    private static void terminate() {
        server.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + LiveSource.ROLE + "'");
    }

    @Test
    void saysThatAStatementTookTooLong() throws IOException {
        LiveTimeouts timeouts = LiveTimeouts.DEFAULT.withStatement(Duration.ofMillis(1));
        assertThatThrownBy(() -> {
                    try (Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                            .timeouts(timeouts)
                            .open()) {
                        fetch(transport, () -> {});
                    }
                })
                .isInstanceOfSatisfying(
                        LiveServerException.class, e -> assertThat(e.sqlState()).contains("57014"))
                .hasMessage("could not read from server \"127.0.0.1:" + server.port()
                        + "\": canceling statement due to statement timeout\nHINT: the statement was cancelled or took too"
                        + " long: raise the timeout, or look at the source's load.");
    }

    @Test
    void namesAFileThatTheServerCannotRead() throws IOException {
        Path unreadable = Files.write(server.dataDirectory().resolve("unreadable"), new byte[10]);
        Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("---------"));
        try (Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open()) {
            assertThatThrownBy(() -> transport.read(DataPath.of("unreadable"), 100))
                    .isInstanceOf(LiveServerException.class)
                    .hasMessageStartingWith("could not read from server \"127.0.0.1:" + server.port()
                            + "\": could not open file \"unreadable\" for reading: Permission denied");
        } finally {
            Files.delete(unreadable);
        }
    }

    @Test
    void costsOneRoundTripForACallAndOneForABatch() throws IOException {
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(proxy.port()), new Properties())
                        .connections(1)
                        .open()) {
            proxy.delay(10);
            int before = proxy.roundTrips();
            transport.list(Set.of(), file -> {});
            assertThat(proxy.roundTrips() - before).isEqualTo(1);
            transport.read(DataPath.of("PG_VERSION"), 100);
            assertThat(proxy.roundTrips() - before).isEqualTo(2);
            assertThat(fetch(transport, () -> {})).isEqualTo(content);
            // 30 MB by 4 MB.
            assertThat(proxy.roundTrips() - before).isEqualTo(2 + 8);
            assertThat(proxy.accepted()).isEqualTo(1);
        }
    }
}
