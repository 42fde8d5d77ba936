package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

            assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
            assertThat(postmaster.isAlive()).isFalse();
            assertThat(directory.resolve("postmaster.pid")).exists();
            server.start();
            assertThat(server.log()).contains("database system was not properly shut down");
        }
        assertThat(directory.getParent()).doesNotExist();
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
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
