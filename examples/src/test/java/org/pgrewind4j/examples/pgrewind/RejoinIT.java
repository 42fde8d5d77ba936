package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;

/** A crashed primary comes back as a standby by a script that knows nothing but {@code pg_rewind}. */
@Tag("server")
class RejoinIT {

    private static final Path COMMAND = Path.of("bin/pg_rewind").toAbsolutePath();

    @TempDir
    private Path temporary;

    @Test
    void crashedPrimaryRejoins() throws IOException {
        PostgresServer old = PostgresServer.builder(ServerRelease.newest())
                .withChecksums()
                .setting("fsync", "off")
                .setting("restore_command", "false")
                .build();
        try (Failover failover = Failover.of(old)) {
            old.execute("CREATE TABLE t AS SELECT g AS id, 'shared' AS v FROM generate_series(1, 2000) AS g");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET v = 'lost' WHERE id % 10 = 0");
            old.kill();
            promoted.execute(
                    "UPDATE t SET v = 'new' WHERE id % 15 = 0",
                    "CREATE ROLE rewinder LOGIN PASSWORD 'it''s: secret'",
                    "GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                            + " pg_read_binary_file(text, bigint, bigint, boolean) TO rewinder");
            demandPassword(promoted);

            assertThat(rejoin(old, promoted, "wrong").stdout()).startsWith("exit code=1\npg_rewind: error: ");

            CommandResult rejoined = rejoin(old, promoted, "it's\\: secret");
            assertThat(rejoined.stdout())
                    .startsWith("exit code=0\npg_rewind: servers diverged at WAL location ")
                    .endsWith("\npg_rewind: Done!\n");
            assertThat(rejoined.exitCode()).isZero();

            assertThat(rejoin(old, promoted, "it's\\: secret").stdout())
                    .isEqualTo("exit code=0\npg_rewind: no rewind required\n");

            old.standbyOf(promoted);
            old.start();
            old.catchUpWith(promoted);
            assertThat(old.query("SELECT v, count(*) FROM t GROUP BY v ORDER BY v"))
                    .isEqualTo(promoted.query("SELECT v, count(*) FROM t GROUP BY v ORDER BY v"))
                    .hasSize(2);
        }
    }

    private static void demandPassword(PostgresServer server) throws IOException {
        Path file = server.dataDirectory().resolve("pg_hba.conf");
        String rest = Files.readString(file);
        Files.writeString(
                file, "host all rewinder 127.0.0.1/32 scram-sha-256\n" + rest, StandardOpenOption.TRUNCATE_EXISTING);
        server.query("SELECT pg_reload_conf()");
    }

    private CommandResult rejoin(PostgresServer old, PostgresServer promoted, String password) throws IOException {
        Path script = temporary.resolve("rejoin.sh");
        if (Files.notExists(script)) {
            try (InputStream text = RejoinIT.class.getResourceAsStream("rejoin.sh")) {
                Files.copy(Objects.requireNonNull(text), script);
            }
        }
        Path passwords = temporary.resolve("pgpass");
        Files.writeString(passwords, "127.0.0.1:" + promoted.port() + ":*:rewinder:" + password + "\n");
        Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
        ServerTool.handOver(temporary);
        ServerTool.handOver(old.dataDirectory());
        return ServerTool.run(
                Path.of("/bin/sh"),
                Map.of(),
                List.of(
                        script.toString(),
                        COMMAND.toString(),
                        old.dataDirectory().toString(),
                        "127.0.0.1",
                        Integer.toString(promoted.port()),
                        passwords.toString()));
    }
}
