package org.pgrewind4j.transport.live;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between a client and a server that can be slow, and can fail in the middle of an answer. */
final class FaultyProxy implements Closeable {

    /** What happens to a connection once the server has sent so many bytes. */
    enum Fault {
        NONE,
        /** Both sides are cut off. */
        CUT,
        /** Nothing comes any more, and nobody says so. */
        SILENCE,
        /** Bytes without sense come instead of the server's. */
        GARBAGE,
        /** One bit in some thousand is another. */
        FLIPS,
        /** One such byte comes now and then, for ever. */
        DRIP,
        /** The server's answer to a connection names another process than the one that serves it, as a pooler's does. */
        POOLER
    }

    private record Delayed(ByteBuffer bytes, long due) {}

    private final int target;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final Random random;
    private volatile long delayMillis;
    private volatile Fault fault = Fault.NONE;
    private volatile long faultAfter = Long.MAX_VALUE;
    private final AtomicInteger faultyConnections = new AtomicInteger();

    FaultyProxy(int target) throws IOException {
        this(target, 1);
    }

    FaultyProxy(int target, long seed) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        start("proxy-accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Lets every byte take some time, each way. */
    void delay(long millis) {
        delayMillis = millis;
    }

    /** Lets a number of connections, from the present ones on, fail after so many bytes from the server. */
    void failAfter(long bytes, Fault how, int connections) {
        faultAfter = bytes;
        faultyConnections.set(connections);
        fault = how;
    }

    /** Lets all go well again, but for connections that are spoilt already. */
    void heal() {
        fault = Fault.NONE;
    }

    /** Accepts no connection any more. */
    void refuse() throws IOException {
        listener.close();
    }

    int accepted() {
        return accepted.get();
    }

    /** How often a client sent something after the server had answered: each time is a round trip. */
    int roundTrips() {
        return requests.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                accepted.incrementAndGet();
                sockets.add(client);
                sockets.add(server);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Link link = new Link(client, server);
                start("proxy-up", () -> link.pump(client, server, true));
                start("proxy-down", () -> link.pump(server, client, false));
            } catch (IOException e) {
                // Closed, or the server is away: the next one may be luckier.
            }
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One client's connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private long fromServer;
        private volatile boolean answered = true;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to, boolean up) {
            BlockingQueue<Delayed> queue = new LinkedBlockingQueue<>();
            start("proxy-write", () -> write(queue, to));
            byte[] buffer = new byte[64 * 1024];
            try (InputStream in = from.getInputStream()) {
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    byte[] bytes = Arrays.copyOf(buffer, length);
                    if (up && answered) {
                        answered = false;
                        requests.incrementAndGet();
                    } else if (!up) {
                        answered = true;
                        bytes = spoil(bytes);
                    }
                    queue.add(new Delayed(
                            ByteBuffer.wrap(bytes), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis)));
                }
            } catch (IOException e) {
                // The other side is told below.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                queue.add(new Delayed(ByteBuffer.allocate(0), System.nanoTime()));
            }
        }

        private byte[] spoil(byte[] bytes) throws IOException, InterruptedException {
            fromServer += bytes.length;
            if (fault == Fault.POOLER) {
                return anotherProcess(bytes);
            }
            if (fault == Fault.NONE || fromServer < faultAfter || faultyConnections.getAndDecrement() <= 0) {
                return bytes;
            }
            switch (fault) {
                case CUT -> {
                    client.setSoLinger(true, 0);
                    client.close();
                    server.close();
                }
                case SILENCE -> Thread.sleep(Long.MAX_VALUE);
                case DRIP -> drip();
                case FLIPS -> flip(bytes);
                default -> random.nextBytes(bytes);
            }
            return bytes;
        }

        private void flip(byte[] bytes) {
            for (int at = random.nextInt(2_000); at < bytes.length; at += random.nextInt(2_000)) {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
            }
        }

        private void drip() throws IOException, InterruptedException {
            OutputStream out = client.getOutputStream();
            // A notice of two gigabytes, of which a byte comes ten times a second.
            out.write(new byte[] {'N', 0x7F, 0, 0, 0});
            while (!client.isClosed()) {
                out.write('x');
                out.flush();
                Thread.sleep(100);
            }
        }

        /** Changes the process id in the message of type K, 4 + 8 bytes long. */
        private byte[] anotherProcess(byte[] bytes) {
            for (int i = 0; i + 12 < bytes.length; i++) {
                if (bytes[i] == 'K'
                        && bytes[i + 1] == 0
                        && bytes[i + 2] == 0
                        && bytes[i + 3] == 0
                        && bytes[i + 4] == 12) {
                    bytes[i + 8] ^= 1;
                }
            }
            return bytes;
        }
    }

    private static void write(BlockingQueue<Delayed> queue, Socket to) {
        try (to) {
            OutputStream out = to.getOutputStream();
            for (Delayed next = queue.take(); next.bytes.hasRemaining(); next = queue.take()) {
                TimeUnit.NANOSECONDS.sleep(next.due - System.nanoTime());
                Channels.newChannel(out).write(next.bytes);
                out.flush();
            }
        } catch (IOException e) {
            // The receiver has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
