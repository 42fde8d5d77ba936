package org.pgrewind4j.transport.connect;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgrewind4j.transport.driver.DirectedSocketFactory;

/**
 * Where servers have their Unix-domain sockets if nobody says otherwise. libpq has one directory built in: {@code /tmp}
 * as it comes (PostgreSQL 18: src/include/pg_config_manual.h, DEFAULT_PGSOCKET_DIR), {@code /var/run/postgresql} in the
 * packages of Debian, Red Hat and others. Programs of both kinds meet on one machine, so the first directory that has the
 * socket of the port is taken; the packages' one comes first, as only the server's account can write there.
 *
 * @param places the directories, the best one first
 */
public record SocketDirectories(List<String> places) {

    static final SocketDirectories OF_THIS_MACHINE = new SocketDirectories(List.of("/var/run/postgresql", "/tmp"));

    /** What libpq takes on systems that have none of the directories. */
    private static final String NO_SOCKETS = "localhost";

    /** The directory for a port: without a socket anywhere, the first one that is there, which a message can name. */
    String directory(int port) {
        return places.stream()
                .filter(place -> Files.exists(Path.of(DirectedSocketFactory.socketPath(place, port))))
                .findFirst()
                .orElseGet(() -> places.stream()
                        .filter(place -> Files.isDirectory(Path.of(place)))
                        .findFirst()
                        .orElse(NO_SOCKETS));
    }

    boolean isDefault(String name) {
        return places.contains(name);
    }
}
