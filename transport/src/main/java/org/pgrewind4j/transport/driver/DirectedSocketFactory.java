package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Properties;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Connects to where a property says, whatever host the driver has in mind: to a Unix-domain socket, or to an address. The
 * driver's host remains the name that certificates are checked against, that is sent as the server's name in TLS, and that
 * Kerberos tickets are for, as in libpq with {@code host} and {@code hostaddr} (PostgreSQL 18:
 * src/interfaces/libpq/fe-connect.c, PQconnectPoll).
 *
 * <p>The driver looks a host's name up only to connect a socket that is not connected yet. All sockets that come from here
 * are, so that no name is looked up. Cancel requests take a second socket from the same factory and so the same way.
 */
public final class DirectedSocketFactory extends SocketFactory {

    /** The driver's property with the directory of a Unix-domain socket, or with its name if that begins with {@code @}. */
    public static final String SOCKET_DIRECTORY = "pgrewind4j.socketDirectory";

    /** The driver's property with an address, in numbers. */
    public static final String ADDRESS = "pgrewind4j.address";

    /** The driver's property with the operating system's user whom the server must run as, for sockets. */
    public static final String REQUIRED_PEER = "pgrewind4j.requirepeer";

    private static final int MILLIS = 1_000;

    private final @Nullable String directory;
    private final @Nullable String address;
    private final @Nullable String peer;
    private final int port;
    private final int timeoutMillis;

    /**
     * Reads where to connect.
     *
     * @param driver the driver's properties, with one of those above
     */
    public DirectedSocketFactory(Properties driver) {
        directory = driver.getProperty(SOCKET_DIRECTORY);
        address = driver.getProperty(ADDRESS);
        peer = driver.getProperty(REQUIRED_PEER);
        port = Integer.parseInt(driver.getProperty("PGPORT"));
        timeoutMillis = Integer.parseInt(driver.getProperty("connectTimeout", "0")) * MILLIS;
    }

    /**
     * The path of the socket that a server has in a directory (PostgreSQL 18: src/include/libpq/pqcomm.h, UNIXSOCK_PATH).
     *
     * @param directory the directory
     * @param port the server's port
     * @return the path
     */
    public static String socketPath(String directory, int port) {
        return directory + "/.s.PGSQL." + port;
    }

    /** Connects. */
    @Override
    public Socket createSocket() throws IOException {
        if (directory == null) {
            return connectTo(InetAddress.getByName(address));
        }
        String path = socketPath(directory, port);
        if (!path.startsWith("@")) {
            return UnixSocket.connect(Path.of(path), peer);
        }
        if (peer != null) {
            // junixsocket tells numbers, and nothing in the JDK finds the name of one.
            throw new IOException("requirepeer is not supported for a socket without a file: \"" + path + "\"");
        }
        return AbstractSocket.connect(path, timeoutMillis);
    }

    private Socket connectTo(InetAddress literal) throws IOException {
        Socket socket = new Socket();
        boolean connected = false;
        try {
            socket.connect(new InetSocketAddress(literal, port), timeoutMillis);
            connected = true;
            return socket;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    /** Connects to the same place: the driver never calls this. */
    @Override
    public Socket createSocket(String host, int ignored) throws IOException {
        return createSocket();
    }

    /** Connects to the same place: the driver never calls this. */
    @Override
    public Socket createSocket(String host, int ignored, InetAddress localHost, int localPort) throws IOException {
        return createSocket();
    }

    /** Connects to the same place: the driver never calls this. */
    @Override
    public Socket createSocket(InetAddress host, int ignored) throws IOException {
        return createSocket();
    }

    /** Connects to the same place: the driver never calls this. */
    @Override
    public Socket createSocket(InetAddress host, int ignored, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket();
    }
}
