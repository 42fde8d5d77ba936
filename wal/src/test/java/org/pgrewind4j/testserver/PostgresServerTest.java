package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("server")
class PostgresServerTest {

    private static final String RELEASES = "org.pgrewind4j.testserver.ServerRelease#all";

    @ParameterizedTest
    @MethodSource(RELEASES)
    void replicatesFailsOverAndDivergesOnEveryRelease(ServerRelease release) {
        try (Failover failover =
                Failover.of(PostgresServer.builder(release).withChecksums().build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("INSERT INTO t VALUES (2)");
            promoted.execute("INSERT INTO t VALUES (3)", "INSERT INTO t VALUES (4)");

            assertThat(old.query("SELECT id FROM t ORDER BY id")).isEqualTo(List.of(List.of("1"), List.of("2")));
            assertThat(promoted.value("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"))
                    .isEqualTo("1 3 4");
            assertThat(promoted.isInRecovery()).isFalse();
            old.stop(StopMode.FAST);
            promoted.stop(StopMode.IMMEDIATE);
            assertThat(promoted.isRunning()).isFalse();
            assertThat(promoted.dataDirectory().resolve(release.walDirectory()).resolve("00000002.history"))
                    .exists();
            promoted.start();
            assertThat(promoted.value("SELECT count(*) FROM t")).isEqualTo("3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void catchesUpWithAsynchronousCommits(ServerRelease release) {
        try (Failover failover = Failover.of(PostgresServer.builder(release)
                .setting("synchronous_commit", "off")
                .setting("wal_writer_delay", "10s")
                .build())) {
            failover.primary().execute("CREATE TABLE t (id int)");
            for (int rows = 1; rows <= 5; rows++) {
                failover.primary().execute("INSERT INTO t VALUES (1)");
                failover.standby().catchUpWith(failover.primary());

                assertThat(failover.standby().value("SELECT count(*) FROM t")).isEqualTo("" + rows);
            }
        }
    }

    @Test
    void killLeavesNoProcessAndClosingNoFile() {
        Path directory;
        ProcessHandle postmaster;
        List<ProcessHandle> children;
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).build()) {
            server.initialize();
            server.start();
            directory = server.dataDirectory();
            postmaster = ProcessHandle.of(pid(server)).orElseThrow();
            children = postmaster.descendants().toList();
            server.kill();

            assertThat(children).isNotEmpty().noneMatch(ServerProcess::isRunning);
            assertThat(postmaster.isAlive()).isFalse();
            assertThat(directory.resolve("postmaster.pid")).exists();
            server.start();
            assertThat(server.log()).contains("database system was not properly shut down");
        }
        assertThat(directory.getParent()).doesNotExist();
    }

    @Test
    void copiesTablespacesAndWalThatLieElsewhere(@TempDir Path elsewhere) throws IOException {
        Path wal = elsewhere.resolve("wal");
        Path space = Files.createDirectory(elsewhere.resolve("space"));
        try (PostgresServer server = PostgresServer.builder(ServerRelease.newest())
                .initdbOption("--waldir=" + wal)
                .build()) {
            server.initialize();
            ServerAccount.current().handOver(elsewhere);
            server.start();
            server.execute(
                    "CREATE TABLESPACE space LOCATION '" + space + "'",
                    "CREATE TABLE t TABLESPACE space AS SELECT generate_series(1, 1000)");
            String oid = server.value("SELECT oid FROM pg_tablespace WHERE spcname = 'space'");
            server.stop(StopMode.FAST);
            try (PostgresServer copy = server.copy()) {
                Folders.delete(elsewhere);
                copy.start();

                assertThat(copy.value("SELECT count(*) FROM t")).isEqualTo("1000");
                Path data = copy.dataDirectory();
                Path links = data.resolveSibling("links");
                assertThat(data.resolve("pg_wal").toRealPath()).isEqualTo(links.resolve("pg_wal"));
                assertThat(data.resolve("pg_tblspc/" + oid).toRealPath()).isEqualTo(links.resolve(oid));
            }
        }
    }

    @Test
    void saysWhyAServerDidNotStart() {
        try (PostgresServer server = PostgresServer.builder(ServerRelease.newest())
                .setting("shared_buffers", "plenty")
                .build()) {
            server.initialize();
            assertThatThrownBy(server::start)
                    .isInstanceOf(TestServerException.class)
                    .hasMessageContaining("did not start: it ended")
                    .hasMessageContaining("invalid value for parameter \"shared_buffers\": \"plenty\"");
        }
    }

    private static long pid(PostgresServer server) {
        try {
            return Long.parseLong(Files.readAllLines(server.dataDirectory().resolve("postmaster.pid"))
                    .get(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
