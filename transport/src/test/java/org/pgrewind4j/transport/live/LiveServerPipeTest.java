package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;

/** A pipe in the data directory, which a server that opened it would wait at for ever. */
@Tag("server")
class LiveServerPipeTest {

    private static final DataPath PIPE = DataPath.of("pipe");
    private static final DataPath VERSION = DataPath.of("PG_VERSION");

    @TempDir
    private Path empty;

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    @Timeout(60)
    void isNeverOpened(String release) throws Exception {
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.of(release)).build()) {
            server.initialize();
            server.start();
            LiveSource.createRole(server);
            Process mkfifo =
                    new ProcessBuilder("mkfifo", PIPE.in(server.dataDirectory()).toString()).start();
            assertThat(mkfifo.waitFor()).isZero();
            try (Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                    .open()) {
                Received received = new Received();
                List<FileRange> ranges = List.of(new FileRange(PIPE, 0, 8192), new FileRange(VERSION, 0, 8192));
                transport.fetch(ranges, received);
                assertThat(received.log).containsExactly("0 ended after 0", "1 ended after " + (release.length() + 1));
                assertThat(transport.read(PIPE, 10)).isEmpty();
                assertThat(transport.different(ranges, empty).cardinality()).isEqualTo(2);
            }
            server.stop(StopMode.FAST);
        }
    }

    private static final class Received implements RangeReceiver {
        private final List<String> log = new ArrayList<>();

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {
            chunk.position(chunk.limit());
        }

        @Override
        public void end(int range, long delivered) {
            log.add(range + " ended after " + delivered);
        }

        @Override
        public void vanished(int range) {
            log.add(range + " vanished");
        }
    }
}
