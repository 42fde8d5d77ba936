package org.pgrewind4j.transport.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.live.LiveSource;

/** A server with a Unix-domain socket, where anybody may log in as the tests' role by what the operating system says. */
public final class SocketServer implements AutoCloseable {

    private final Path directory;
    private final PostgresServer server;

    /**
     * Starts a server.
     *
     * @param more directories of more sockets, each after a comma
     */
    public SocketServer(ServerRelease release, String more) throws IOException {
        // The name of a socket has room for some hundred characters only.
        directory = Files.createTempDirectory(Path.of("/tmp"), "pgr");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        server = PostgresServer.builder(release)
                .setting("unix_socket_directories", directory + more)
                .build();
        server.initialize();
        Path access = server.dataDirectory().resolve("pg_hba.conf");
        Files.writeString(access, "local all all peer map=anybody\n" + Files.readString(access));
        Files.writeString(server.dataDirectory().resolve("pg_ident.conf"), "anybody /^.*$ " + LiveSource.ROLE + "\n");
        server.start();
        LiveSource.createRole(server);
    }

    public PostgresServer server() {
        return server;
    }

    public String directory() {
        return directory.toString();
    }

    /** The connection string of the socket, without a database. */
    public String options() {
        return "host=" + directory + " port=" + server.port() + " user=" + LiveSource.ROLE + " dbname=postgres";
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(directory.resolve(".s.PGSQL." + server.port()));
        Files.deleteIfExists(directory.resolve(".s.PGSQL." + server.port() + ".lock"));
        Files.delete(directory);
    }
}
