package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of the loopback address that is a server's from its making to its closing, also while the server is stopped,
 * against all servers of all JVMs of the machine: the JVM listens on the same port of another loopback address, where
 * nobody else does.
 *
 * <p>Ports lie below those that the system hands out to connections that clients open.
 */
final class ReservedPort implements AutoCloseable {

    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final byte[] SERVER = {127, 0, 0, 1};
    private static final byte[] RESERVATION = {127, 80, 71, 1};

    private final ServerSocket reservation;

    private ReservedPort(ServerSocket reservation) {
        this.reservation = reservation;
    }

    static ReservedPort take() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try {
                ReservedPort reserved = new ReservedPort(listen(port, RESERVATION));
                if (isFree(port)) {
                    return reserved;
                }
                reserved.close();
            } catch (IOException e) {
                // Another server's: try another.
            }
        }
        throw new TestServerException("no free port from " + FIRST + " to " + (END - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = listen(port, SERVER)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket listen(int port, byte[] address) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByAddress(address));
    }

    int number() {
        return reservation.getLocalPort();
    }

    @Override
    public void close() {
        try {
            reservation.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
