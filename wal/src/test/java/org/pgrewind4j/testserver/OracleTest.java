package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
class OracleTest {

    @Test
    void toolsReadServersOfTheSameRelease() {
        Oracle oracle = Oracle.require();
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.of("15")).withChecksums().build()) {
            server.initialize();
            String directory = server.dataDirectory().toString();

            assertThat(oracle.run("pg_controldata", directory).ensureSuccess().stdout())
                    .contains("Database cluster state:               shut down");
            assertThat(oracle.run("pg_checksums", "--check", directory)
                            .ensureSuccess()
                            .stdout())
                    .contains("Bad checksums:  0");
            CommandResult rewind =
                    oracle.run("pg_rewind", "--target-pgdata=" + directory, "--source-pgdata=" + directory);
            assertThat(rewind.stderr()).contains("no rewind required");
            assertThat(oracle.run("pg_waldump", "--nonsense").exitCode()).isEqualTo(1);
        }
    }
}
