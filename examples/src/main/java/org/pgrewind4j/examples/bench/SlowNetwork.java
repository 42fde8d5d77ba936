package org.pgrewind4j.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;

/**
 * A way to a server on this machine on which every byte takes some time, as much of them at once as may be; and which counts
 * what passes.
 */
final class SlowNetwork implements Closeable {

    private static final int CHUNK = 64 * 1024;

    /** What is under way at most is this many chunks. */
    private static final int UNDER_WAY = 1024;

    /**
     * What has passed.
     *
     * @param receivedBytes bytes from the server
     * @param turns how often a client sent something after the server had: each time is a round trip
     * @param connections how many there were
     */
    record Traffic(long receivedBytes, long turns, long connections) {

        Traffic since(Traffic earlier) {
            return new Traffic(
                    receivedBytes - earlier.receivedBytes, turns - earlier.turns, connections - earlier.connections);
        }
    }

    private record Chunk(ByteBuffer bytes, long due) {}

    private final int target;
    private final long delayNanos;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();
    private final LongAdder turns = new LongAdder();
    private final LongAdder connections = new LongAdder();

    /**
     * Begins to listen.
     *
     * @param target the server's port
     * @param roundTrip half of it is the time that a byte takes
     */
    SlowNetwork(int target, Duration roundTrip) throws IOException {
        this.target = target;
        this.delayNanos = roundTrip.toNanos() / 2;
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    Traffic traffic() {
        return new Traffic(received.sum(), turns.sum(), connections.sum());
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One side closed its connection, or all is closed: the other side's thread ends in the same way.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            connections.increment();
            AtomicBoolean answered = new AtomicBoolean(true);
            pump(client, server, count -> turns.add(answered.getAndSet(false) ? 1 : 0));
            pump(server, client, count -> {
                answered.set(true);
                received.add(count);
            });
        }
    }

    /** Carries bytes one way, with one thread that takes them and one that hands them over when they are due. */
    private void pump(Socket from, Socket to, IntConsumer counter) throws IOException {
        from.setTcpNoDelay(true);
        sockets.add(from);
        BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(UNDER_WAY);
        start(() -> {
            try {
                byte[] bytes = new byte[CHUNK];
                for (int count = from.getInputStream().read(bytes);
                        count > 0;
                        count = from.getInputStream().read(bytes)) {
                    counter.accept(count);
                    underWay.put(new Chunk(ByteBuffer.wrap(bytes, 0, count), System.nanoTime() + delayNanos));
                    bytes = new byte[CHUNK];
                }
            } finally {
                sockets.remove(from);
                underWay.put(new Chunk(ByteBuffer.allocate(0), System.nanoTime() + delayNanos));
            }
        });
        start(() -> {
            try (WritableByteChannel out = Channels.newChannel(to.getOutputStream())) {
                for (Chunk chunk = underWay.take(); chunk.bytes.hasRemaining(); chunk = underWay.take()) {
                    TimeUnit.NANOSECONDS.sleep(chunk.due - System.nanoTime());
                    out.write(chunk.bytes);
                }
            }
        });
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
