package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceMode;

/** WAL that a running source keeps while it is copied. */
@Tag("server")
class LiveSlotTest {

    private static LiveServerTransport open(PostgresServer server) throws IOException {
        return LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                .open();
    }

    private static String slots(PostgresServer server) {
        return server.value("SELECT count(*) FROM pg_replication_slots");
    }

    /** Segments that no checkpoint has looked at since they are not needed any more. */
    private static void keepsWalFromBeforeTheRedoPoint(PostgresServer server, LiveServerTransport transport)
            throws IOException, InterruptedException {
        server.query("SELECT pg_create_physical_replication_slot('held', true)");
        Lsn old = server.currentWalLsn();
        String segment = server.value("SELECT pg_walfile_name('" + old + "')");
        for (int i = 0; i < 3; i++) {
            server.execute("CREATE TABLE old" + i + " (id int)");
            server.switchWal();
            server.checkpoint();
        }
        RetainedWal retained = transport.retainWal(old);
        assertThat(retained.from()).isGreaterThan(old);
        assertThat(server.query(
                        "SELECT restart_lsn, active FROM pg_replication_slots WHERE temporary ORDER BY restart_lsn"))
                .hasToString("[[" + old + ", t], [" + retained.from() + ", t]]");
        server.query("SELECT pg_drop_replication_slot('held')");
        server.execute("CREATE TABLE newer (id int)");
        server.switchWal();
        server.checkpoint();
        assertThat(transport.read(DataPath.of("pg_wal/" + segment), 64 << 20)).isNotEmpty();
        retained.close();
        awaitNoSlot(server);
        server.checkpoint();
        assertThatThrownBy(() -> transport.read(DataPath.of("pg_wal/" + segment), 64 << 20))
                .isInstanceOf(NoSuchFileException.class);
    }

    private static void awaitNoSlot(PostgresServer server) throws InterruptedException {
        for (int look = 0; look < 200 && !slots(server).equals("0"); look++) {
            Thread.sleep(50);
        }
        assertThat(slots(server)).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"11", "18"})
    void keepsWalForARoleThatMayReplicateUntilItIsClosed(String name) throws IOException, InterruptedException {
        ServerRelease release = ServerRelease.of(name);
        try (PostgresServer server = PostgresServer.builder(release)
                .setting(release.isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments", "0")
                .build()) {
            server.initialize();
            server.start();
            LiveSource.createRole(server);
            try (LiveServerTransport transport = open(server)) {
                assertThat(transport.retainWal().from()).isEqualTo(Lsn.MAX);
                assertThat(slots(server)).isEqualTo("0");
            }
            server.execute("ALTER ROLE " + LiveSource.ROLE + " REPLICATION");
            try (LiveServerTransport transport = open(server)) {
                Lsn before = server.currentWalLsn();
                RetainedWal retained = transport.retainWal();
                assertThat(retained.from()).isGreaterThan(Lsn.INVALID).isLessThanOrEqualTo(before);
                assertThat(server.query("SELECT temporary, active FROM pg_replication_slots"))
                        .singleElement()
                        .asString()
                        .isEqualTo("[t, t]");
                String segment = server.value("SELECT pg_walfile_name('" + retained.from() + "')");
                for (int i = 0; i < 4; i++) {
                    server.execute("CREATE TABLE t" + i + " (id int)");
                    server.switchWal();
                    server.checkpoint();
                }
                assertThat(transport.read(DataPath.of("pg_wal/" + segment), 64 << 20))
                        .isNotEmpty();
                assertThat(transport.mode()).isEqualTo(SourceMode.PRIMARY);

                retained.close();
                retained.close();
                awaitNoSlot(server);
                keepsWalFromBeforeTheRedoPoint(server, transport);
                transport.retainWal();
                assertThat(slots(server)).isEqualTo("1");
            }
            awaitNoSlot(server);
        }
    }
}
