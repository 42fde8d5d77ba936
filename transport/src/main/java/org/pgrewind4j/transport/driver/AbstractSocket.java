package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.net.Socket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * A socket in Linux's abstract namespace, which has no file: {@code @name}. The JDK cannot name one, as its addresses are
 * paths; junixsocket can. It is needed for these alone, so that it is optional.
 */
final class AbstractSocket {

    private static final String LIBRARY =
            "com.kohlschutter.junixsocket:junixsocket-common and junixsocket-native-common";

    private AbstractSocket() {}

    /**
     * Connects.
     *
     * @param path the name with {@code @} in place of the zero byte
     * @param timeoutMillis how long to wait, 0 for as long as it takes
     */
    static Socket connect(String path, int timeoutMillis) throws IOException {
        try {
            return Junixsocket.connect(path.substring(1), timeoutMillis);
        } catch (LinkageError e) {
            throw new IOException(
                    "socket \"" + path + "\" has no file, which the JDK does not connect to: needs the libraries "
                            + LIBRARY + ", which are not there",
                    e);
        }
    }

    /** Loaded when it is needed, so that nothing else fails without the library. */
    private static final class Junixsocket {

        static Socket connect(String name, int timeoutMillis) throws IOException {
            AFUNIXSocket socket = AFUNIXSocket.newInstance();
            boolean connected = false;
            try {
                socket.connect(AFUNIXSocketAddress.inAbstractNamespace(name), timeoutMillis);
                connected = true;
                return socket;
            } finally {
                if (!connected) {
                    socket.close();
                }
            }
        }
    }
}
