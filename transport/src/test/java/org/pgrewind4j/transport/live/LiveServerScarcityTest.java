package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.connect.Connector;
import org.pgrewind4j.transport.connect.UrlConnector;

/** A source that has fewer connections to give than were wished for. */
@Timeout(120)
@Tag("server")
class LiveServerScarcityTest {

    private static final int LENGTH = 40_000_000;

    /** Less than a pool waits, more than all of this takes on a busy machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    private static PostgresServer server;
    private static byte[] content;

    /** The connections that are not reserved for superusers. */
    private static final int ORDINARY = 5;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.builder(ServerRelease.newest())
                .setting("max_connections", Integer.toString(ORDINARY + 3))
                .setting("superuser_reserved_connections", "3")
                .setting("max_wal_senders", "0")
                .setting("wal_level", "replica")
                .build();
        server.initialize();
        server.start();
        LiveSource.createRole(server);
        for (int limit : new int[] {1, 2}) {
            server.execute(
                    "CREATE ROLE limited" + limit + " LOGIN CONNECTION LIMIT " + limit + " IN ROLE " + LiveSource.ROLE);
        }
        content = new byte[LENGTH];
        new Random(1).nextBytes(content);
        Files.write(server.dataDirectory().resolve("large"), content);
        // More than are under way between the server and the visitor.
        Path many = Files.createDirectory(server.dataDirectory().resolve("many"));
        for (int i = 0; i < 6_000; i++) {
            Files.createFile(many.resolve("file" + i));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Reads more than one batch for each connection that is wished for. */
    private static byte[] fetch(Transport transport, RunnableCall atFirst) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        transport.fetch(List.of(new FileRange(DataPath.of("large"), 0, LENGTH)), new RangeReceiver() {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                if (offset == 0) {
                    atFirst.run();
                }
                bytes.put(chunk);
            }

            @Override
            public void end(int range, long delivered) {}

            @Override
            public void vanished(int range) {}
        });
        return bytes.array();
    }

    @FunctionalInterface
    private interface RunnableCall {
        void run() throws IOException;
    }

    private static void assertReadsAll(LiveServerBuilder builder) throws IOException {
        long begin = System.nanoTime();
        try (Transport transport = builder.open()) {
            assertThat(fetch(transport, () -> {})).isEqualTo(content);
            // Callbacks may call the transport again, on the connection that they are called for.
            assertThat(fetch(transport, () -> transport.read(DataPath.of("PG_VERSION"), 10)))
                    .isEqualTo(content);
            List<DataPath> versions = new ArrayList<>();
            transport.list(Set.of(), file -> {
                if (file.path().fileName().equals("PG_VERSION")) {
                    assertThat(transport.read(file.path(), 10)).isNotEmpty();
                    versions.add(file.path());
                }
            });
            assertThat(versions).hasSizeGreaterThanOrEqualTo(4);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void makesDoWithWhatAPoolHas(int size) throws Exception {
        try (BlockingPool pool = new BlockingPool(LiveSource.url(server), size)) {
            assertReadsAll(LiveServerTransport.ofDataSource(pool.dataSource(), "pool"));
            while (!pool.isWhole()) {
                Thread.onSpinWait();
            }
            assertThat(pool.lent()).isGreaterThanOrEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void makesDoWithWhatARoleMayHave(int limit) throws IOException {
        String url = LiveSource.url(server).replace(LiveSource.ROLE, "limited" + limit);
        assertReadsAll(LiveServerTransport.ofJdbcUrl(url, new Properties()));
    }

    @Test
    void makesDoWithWhatOthersLeave() throws Exception {
        List<Connection> others = new ArrayList<>();
        try {
            // One of them may still be a session's that just ended.
            takeAllBut(2, others);
            assertReadsAll(LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties()));
        } finally {
            closeAll(others);
        }
    }

    @Test
    void takesAnotherConnectionWhenTheOnlyOneIsLost() throws Exception {
        try (BlockingPool pool = new BlockingPool(LiveSource.url(server), 1);
                Transport transport = LiveServerTransport.ofDataSource(pool.dataSource(), "pool")
                        .open()) {
            assertThat(fetch(transport, LiveServerScarcityTest::terminate)).isEqualTo(content);
            terminate();
            assertThat(transport.read(DataPath.of("PG_VERSION"), 10)).isNotEmpty();
        }
    }

    @Test
    void saysThatThereIsNotOneConnection() throws Exception {
        List<Connection> others = new ArrayList<>();
        try {
            takeAllBut(0, others);
            assertThatThrownBy(() -> LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                            .open())
                    .isInstanceOfSatisfying(
                            LiveServerException.class,
                            e -> assertThat(e.sqlState()).contains("53300"));
        } finally {
            closeAll(others);
        }
    }

    @Test
    void usesAsManyAsAreWishedForWhereThereAreEnough() throws Exception {
        try (BlockingPool pool = new BlockingPool(LiveSource.url(server), 4)) {
            assertReadsAll(LiveServerTransport.ofDataSource(pool.dataSource(), "pool"));
            assertThat(pool.lent()).isEqualTo(4);
        }
    }

    private static void terminate() {
        server.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + LiveSource.ROLE + "'");
    }

    /** Takes the connections that ordinary roles may have, except for some. */
    private static void takeAllBut(int left, List<Connection> taken) throws Exception {
        Connector ordinary = UrlConnector.of(LiveSource.url(server), new Properties());
        while (taken.size() < ORDINARY) {
            try {
                taken.add(ordinary.connect(LiveTimeouts.DEFAULT.login()));
            } catch (SQLException e) {
                // A session that just ended has its place for a moment longer.
                assertThat(e.getSQLState()).isEqualTo("53300");
            }
        }
        for (int i = 0; i < left; i++) {
            taken.remove(0).close();
        }
        awaitSessions(taken.size());
    }

    private static void closeAll(List<Connection> connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        awaitSessions(0);
    }

    private static void awaitSessions(int count) {
        String sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + LiveSource.ROLE + "'";
        while (!server.value(sessions).equals(Integer.toString(count))) {
            Thread.onSpinWait();
        }
    }
}
