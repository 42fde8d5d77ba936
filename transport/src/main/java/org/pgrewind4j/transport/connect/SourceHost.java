package org.pgrewind4j.transport.connect;

import com.google.common.net.InetAddresses;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.driver.DirectedSocketFactory;

/**
 * One of the hosts that a connection names.
 *
 * @param name the host, or the directory of its Unix-domain socket, or {@code @} and the name of one without a file
 * @param address where to connect in place of looking the host up, in numbers
 * @param port its port, which is part of a socket's name too
 */
record SourceHost(String name, Optional<String> address, int port) {

    SourceHost {
        address.ifPresent(SourceHost::checkAddress);
    }

    private static void checkAddress(String address) {
        int zone = address.indexOf('%');
        if (!InetAddresses.isInetAddress(zone < 0 ? address : address.substring(0, zone))) {
            throw new IllegalArgumentException("connection option \"hostaddr\": expected an IP address, found \""
                    + UnsafePathException.visible(address) + "\"");
        }
    }

    /** Whether a name of a host means a socket, as libpq sees it (PostgreSQL 18: src/include/libpq/pqcomm.h). */
    static boolean isSocket(String name) {
        return name.startsWith("/") || name.startsWith("@");
    }

    /** A name as it stands in a driver's URL, where the slashes of a directory are written in hexadecimal digits. */
    static String fromUrl(String name) {
        boolean encoded = name.regionMatches(true, 0, "%2F", 0, 3) || name.startsWith("%40");
        return encoded ? URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8) : name;
    }

    boolean isSocket() {
        return address.isEmpty() && isSocket(name);
    }

    /**
     * Tells the driver about this host alone. There is no TLS and no encryption by GSSAPI on a socket, whatever was asked
     * for, as nothing of it leaves the machine (PostgreSQL 18: src/interfaces/libpq/fe-connect.c,
     * init_allowed_encryption_methods).
     *
     * @throws IllegalArgumentException if the encryption by GSSAPI was not only wished for, as libpq refuses that
     */
    Properties tell(Properties common) {
        Properties driver = new Properties();
        driver.putAll(common);
        driver.setProperty("PGHOST", name);
        driver.setProperty("PGPORT", Integer.toString(port));
        driver.remove(DirectedSocketFactory.ADDRESS);
        address.ifPresent(literal -> driver.setProperty(DirectedSocketFactory.ADDRESS, literal));
        if (isSocket()) {
            if (driver.getProperty("gssEncMode", "").equals("require")) {
                throw new IllegalArgumentException(
                        "connection option \"gssencmode\": GSSAPI encryption required, but it is"
                                + " not supported over a local socket\nHINT: name a host that listens on TCP.");
            }
            driver.setProperty(DirectedSocketFactory.SOCKET_DIRECTORY, name);
            driver.setProperty("sslmode", "disable");
            driver.setProperty("gssEncMode", "disable");
            driver.remove("sslNegotiation");
        }
        if (isSocket() || address.isPresent()) {
            driver.setProperty("socketFactory", DirectedSocketFactory.class.getName());
        }
        return driver;
    }

    /** Prints where the connection leads. */
    @Override
    public String toString() {
        if (isSocket()) {
            return DirectedSocketFactory.socketPath(name, port);
        }
        String shown = address.orElse(name);
        return (shown.contains(":") && !shown.startsWith("[") ? "[" + shown + "]" : shown) + ":" + port;
    }
}
