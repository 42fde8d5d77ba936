package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.control.ControlFile;

@Tag("server")
class LiveStateTest {

    private static PostgresServer server;
    private static ControlFile controlFile;

    @BeforeAll
    static void initialize() throws IOException {
        server = PostgresServer.builder(ServerRelease.newest()).build();
        server.initialize();
        controlFile =
                ControlFile.parse(Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
    }

    @AfterAll
    static void remove() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0/3000028, 0/3000000",
        "0/3002018, 0/3002000",
        "FF/FFFFE018, FF/FFFFE000",
        "FFFFFFFF/FF000028, FFFFFFFF/FF000000",
        "0/3000050, 0/3000050",
        "0/3002028, 0/3002028",
        "0/3002030, 0/3002030",
        "0/3002000, 0/3002000",
        "0/3000018, 0/3000000",
    })
    void theEndIsTheLastRecordsNotThePageHeaders(String flushed, String end) {
        LiveState state = new LiveState(false, "", Lsn.parse(flushed), new TimelineId(1));
        assertThat(state.endOfWal(controlFile)).isEqualTo(Lsn.parse(end));
    }
}
