package org.pgrewind4j.transport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

@Tag("server")
class PostmasterPidTest {

    private static final String FILE = """
            4711
            /srv/data
            1763790000
            5433
            /run/postgresql
            127.0.0.1
              5433001        42
            ready  \s
            """;

    @Test
    void readsTheLines() {
        assertThat(PostmasterPid.parse(FILE))
                .isEqualTo(new PostmasterPid(OptionalLong.of(4711), OptionalInt.of(5433), OptionalInt.of(42)));
        assertThat(PostmasterPid.parse("-4711\n/srv/data\n1763790000\n5433\n"))
                .isEqualTo(new PostmasterPid(OptionalLong.of(4711), OptionalInt.of(5433), OptionalInt.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "0\n", "x\n", "4711x\n", "99999999999\n", "\0\0\0\0", "4 7\n"})
    void takesAFileWithoutAProcessForAServerThatStarts(String text) {
        assertThat(PostmasterPid.parse(text).processId()).isEmpty();
        assertThat(PostmasterPid.parse(text).signOfLife())
                .contains("it holds no process id, as that of a server that is just starting");
    }

    @Test
    void aProcessThatIsGoneIsNoSignOfLife() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        assertThat(PostmasterPid.parse(ended.pid() + "\n").signOfLife()).isEmpty();
    }

    @Test
    void aProcessThatLivesIsASignOfLife() throws IOException {
        Process sleeping = new ProcessBuilder("sleep", "600").start();
        try {
            assertThat(PostmasterPid.parse(sleeping.pid() + "\n").signOfLife())
                    .contains("process " + sleeping.pid() + " is alive");
        } finally {
            sleeping.destroyForcibly();
        }
    }

    @Test
    void thisProcessAndItsParentsAreNoServer() {
        ProcessHandle self = ProcessHandle.current();
        assertThat(PostmasterPid.parse(self.pid() + "\n").signOfLife()).isEmpty();
        long parent = self.parent().orElseThrow().pid();
        assertThat(PostmasterPid.parse(parent + "\n").signOfLife()).isEmpty();
    }

    @Test
    void isNotThereWithoutAFile(@TempDir Path directory) throws IOException {
        assertThat(PostmasterPid.read(directory)).isEmpty();
        Files.writeString(directory.resolve("postmaster.pid"), FILE);
        assertThat(PostmasterPid.read(directory)).contains(PostmasterPid.parse(FILE));
    }

    /** The file has had its present lines since 10. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "10", "18"})
    void seesWhetherAServerRuns(String release) throws IOException {
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.of(release)).build()) {
            server.initialize();
            server.start();
            PostmasterPid running = PostmasterPid.read(server.dataDirectory()).orElseThrow();
            assertThat(running.port()).hasValue(server.port());
            assertThat(running.sharedMemory()).isPresent();
            assertThat(running.signOfLife())
                    .contains("process " + running.processId().getAsLong() + " is alive");

            server.kill();
            assertThat(PostmasterPid.read(server.dataDirectory()).orElseThrow().signOfLife())
                    .isEmpty();
        }
    }

    @Test
    void seesBackendsThatOutliveTheirPostmaster() throws Exception {
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).build()) {
            server.initialize();
            server.start();
            PostmasterPid running = PostmasterPid.read(server.dataDirectory()).orElseThrow();
            ProcessHandle postmaster =
                    ProcessHandle.of(running.processId().getAsLong()).orElseThrow();
            long backend = startEndlessQuery(server);
            postmaster.destroyForcibly();
            postmaster.onExit().get();
            try {
                assertThat(running.signOfLife())
                        .hasValueSatisfying(sign -> assertThat(sign)
                                .matches("process [0-9]+ is gone, but shared memory segment [0-9]+ is used by [0-9]+"
                                        + " others"));
            } finally {
                ProcessHandle.of(backend).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /** A backend that is busy with itself does not notice that its postmaster is gone. */
    private static long startEndlessQuery(PostgresServer server) throws Exception {
        Connection connection = server.connection("postgres");
        long backend;
        try (Statement statement = connection.createStatement();
                var result = statement.executeQuery("SELECT pg_backend_pid()")) {
            result.next();
            backend = result.getLong(1);
        }
        Thread query = new Thread(() -> {
            try (connection;
                    Statement statement = connection.createStatement()) {
                statement.execute("DO $$ BEGIN LOOP END LOOP; END $$");
            } catch (SQLException e) {
                // Ends with its server.
            }
        });
        query.setDaemon(true);
        query.start();
        while (!server.value("SELECT state FROM pg_stat_activity WHERE pid = " + backend)
                .equals("active")) {
            Thread.onSpinWait();
        }
        return backend;
    }

    @Test
    void readsTheSystemsTableOfSharedMemory() {
        List<String> table = List.of(
                "       key      shmid perms                  size  cpid  lpid nattch   uid   gid",
                "   5433001         42   600                    56  4711  4713      3    26    26",
                "         1         43   600                    56  4711  4713      0    26    26",
                "         2         44   600");
        assertThat(SharedMemory.attachedProcesses(table, 42)).isEqualTo(3);
        assertThat(SharedMemory.attachedProcesses(table, 43)).isZero();
        assertThat(SharedMemory.attachedProcesses(table, 44)).isZero();
        assertThat(SharedMemory.attachedProcesses(table, 45)).isZero();
        assertThat(SharedMemory.attachedProcesses(List.of(), 42)).isZero();
        assertThat(SharedMemory.attachedProcesses(List.of("something else"), 42))
                .isZero();
        assertThat(SharedMemory.attachedProcesses(Integer.MAX_VALUE)).isZero();
    }
}
