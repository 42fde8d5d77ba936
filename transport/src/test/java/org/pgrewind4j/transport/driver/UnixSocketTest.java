package org.pgrewind4j.transport.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnixSocketTest {

    private static final int LARGE = 3_000_000;

    private Path directory;
    private Path path;
    private ServerSocketChannel listener;
    private Socket socket;
    private SocketChannel server;

    @BeforeEach
    void connect() throws IOException {
        directory = Files.createTempDirectory(Path.of("/tmp"), "pgr");
        path = directory.resolve("s");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        socket = UnixSocket.connect(path, null);
        server = listener.accept();
    }

    @AfterEach
    void disconnect() throws IOException {
        socket.close();
        server.close();
        listener.close();
        Files.delete(path);
        Files.delete(directory);
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[LARGE];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private CompletableFuture<Integer> read() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return socket.getInputStream().read();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void bringsAllThatIsSentUpToTheEnd() throws Exception {
        byte[] sent = bytes();
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            try {
                server.write(ByteBuffer.wrap(sent));
                server.shutdownOutput();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        sender.get();
    }

    @Test
    void sendsMoreThanTheKernelHolds() throws Exception {
        byte[] sent = bytes();
        CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
            ByteBuffer all = ByteBuffer.allocate(LARGE + 1);
            try {
                while (server.read(all) >= 0) {
                    Thread.onSpinWait();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return all.flip().remaining() == LARGE ? all.array() : new byte[0];
        });
        socket.getOutputStream().write(sent);
        socket.shutdownOutput();
        assertThat(received.get()).startsWith(sent);
        server.write(ByteBuffer.wrap(new byte[] {7}));
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void waitsNoLongerThanItIsTold() throws IOException {
        socket.setSoTimeout(100);
        assertThat(socket.getSoTimeout()).isEqualTo(100);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("Read timed out");
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isBetween(95L, 20_000L);
        server.write(ByteBuffer.wrap(new byte[] {1}));
        assertThat(socket.getInputStream().read()).isEqualTo(1);
    }

    @Test
    void endsAReadWhenItIsClosed() throws Exception {
        CompletableFuture<Integer> reader = read();
        Thread.sleep(100);
        assertThat(reader).isNotDone();
        socket.close();
        assertThat(socket.isClosed()).isTrue();
        assertThatThrownBy(reader::get)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(SocketException.class)
                .hasRootCauseMessage("Socket closed");
        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThatThrownBy(() -> socket.getInputStream().read()).hasMessage("Socket closed");
        assertThatThrownBy(() -> socket.getOutputStream().write(1)).hasMessage("Socket closed");
    }

    @Test
    void endsAWriteWhenItIsClosed() throws Exception {
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                socket.getOutputStream().write(bytes());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Thread.sleep(100);
        assertThat(writer).isNotDone();
        socket.close();
        assertThatThrownBy(writer::get).hasRootCauseMessage("Socket closed");
    }

    /** It would leave the driver in the middle of a message. */
    @Test
    void isNotEndedByAnInterrupt() throws Exception {
        Thread reader = Thread.currentThread();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            try {
                reader.interrupt();
                Thread.sleep(100);
                server.write(ByteBuffer.wrap(new byte[] {9}));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(socket.getInputStream().read()).isEqualTo(9);
        assertThat(Thread.interrupted()).isTrue();
        other.get();
    }

    @Test
    void tellsTheServersUserFromOthers() throws IOException {
        String user = System.getProperty("user.name");
        UnixSocket.connect(path, user).close();
        assertThatThrownBy(() -> UnixSocket.connect(path, "nobody-else"))
                .isInstanceOf(IOException.class)
                .hasMessage("requirepeer specifies \"nobody-else\", but actual peer user name is \"" + user + "\"");
    }

    @Test
    void namesASocketThatIsNotThere() {
        assertThatThrownBy(() -> UnixSocket.connect(Path.of("/tmp/none"), null))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("socket \"/tmp/none\": No such file or directory");
        assertThatThrownBy(() -> UnixSocket.connect(Path.of("/" + "x".repeat(200)), null))
                .hasMessageContaining("too long");
    }
}
