package org.pgrewind4j.examples.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

/** What only this transport knows of its source: that it may send anything. */
class SocketTransportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void knowsWhatItAskedFor() {
        DataPath path = DataPath.of("base/5/16384");
        AskedRanges asked = new AskedRanges(List.of(new FileRange(path, 10, 20), new FileRange(path, 0, 5)));

        assertThat(asked.came(2, 0, 1)).isFalse();
        assertThat(asked.came(-1, 0, 1)).isFalse();
        assertThat(asked.came(0, 11, 1)).isFalse();
        assertThat(asked.came(0, 10, 21)).isFalse();
        assertThat(asked.came(0, 10, 0)).isFalse();
        assertThat(asked.came(0, 10, 15)).isTrue();
        assertThat(asked.came(1, 0, 5)).isFalse();
        assertThat(asked.ended(0, 14)).isFalse();
        assertThat(asked.ended(0, 15)).isTrue();
        assertThat(asked.came(0, 25, 1)).isFalse();
        assertThat(asked.areAllEnded()).isFalse();
        assertThat(asked.vanished(1)).isTrue();
        assertThat(asked.areAllEnded()).isTrue();
    }

    @Test
    void believesNoLengthThatTheServerSends() throws IOException {
        try (ServerSocket liar = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> lie = CompletableFuture.runAsync(() -> {
                try (Socket client = liar.accept();
                        DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
                    client.getInputStream().read();
                    out.writeByte(Wire.BYTES);
                    out.writeInt(0);
                    out.writeLong(0);
                    out.writeInt(Integer.MAX_VALUE);
                    out.flush();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            InetSocketAddress address = new InetSocketAddress(liar.getInetAddress(), liar.getLocalPort());

            assertThatThrownBy(() -> SocketTransport.open(address, PATIENCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("directory served by ")
                    .hasMessageContaining("an answer that was not asked for: more of \"global/pg_control\" than ");
            assertThat(lie).succeedsWithin(PATIENCE);
        }
    }
}
