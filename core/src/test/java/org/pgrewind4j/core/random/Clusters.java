package org.pgrewind4j.core.random;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.pgrewind4j.testserver.Integrity;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** Stopped clusters with the schema, of which each scenario's servers are copies. */
final class Clusters implements AutoCloseable {

    /** Where all servers have their sockets: a name that is short, for that of a socket has no room for more. */
    static final Path SOCKETS = sockets();

    private record Kind(ServerRelease release, boolean checksums, int segmentMegabytes) {}

    private final Map<Kind, PostgresServer> made = new HashMap<>();

    PostgresServer copy(Scenario scenario) {
        return made.computeIfAbsent(
                        new Kind(scenario.release(), scenario.checksums(), scenario.segmentMegabytes()), Clusters::make)
                .copy();
    }

    private static PostgresServer make(Kind kind) {
        PostgresServerBuilder builder = PostgresServer.builder(kind.release())
                .settingSince(10, "allow_in_place_tablespaces", "on")
                .setting("max_replication_slots", "4")
                .setting("unix_socket_directories", SOCKETS.toString())
                .setting("hot_standby_feedback", "off")
                .setting("max_standby_streaming_delay", "-1")
                // Of a transaction that stays open; an act gives up then.
                .setting("lock_timeout", "150ms")
                .setting("statement_timeout", "20s");
        builder = kind.checksums() ? builder.withChecksums() : builder.withoutChecksums();
        if (kind.release().isAtLeast(11)) {
            builder = builder.walSegmentMegabytes(kind.segmentMegabytes());
        }
        PostgresServer server = builder.build();
        try {
            server.initialize();
            Path access = server.dataDirectory().resolve("pg_hba.conf");
            Files.writeString(access, "local all all trust\nlocal replication all trust\n", StandardOpenOption.APPEND);
            Path outside = Files.createDirectory(server.dataDirectory().resolveSibling("outside"));
            server.start();
            // Of each copy it lies elsewhere.
            server.execute("CREATE TABLESPACE \"space 0\" LOCATION '" + outside + "'");
            Integrity.prepare(server);
            // A third of all files, to which no act writes.
            server.execute(
                    "UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'",
                    "DROP DATABASE template0");
            Schema.create(server);
            createRoles(server);
            server.stop(StopMode.FAST);
            return server;
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void createRoles(PostgresServer server) {
        // Up to 10 functions for files are for superusers, whatever is granted.
        String role = server.release().isAtLeast(11) ? " LOGIN" : " LOGIN SUPERUSER";
        server.execute(
                "CREATE ROLE reader" + role + " NOREPLICATION", "CREATE ROLE replicator" + role + " REPLICATION");
        if (server.release().isAtLeast(11)) {
            server.execute("GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                    + " pg_read_binary_file(text, bigint, bigint, boolean) TO reader, replicator");
        }
    }

    private static Path sockets() {
        try {
            Path folder = Files.createTempDirectory(Path.of("/tmp"), "pgr");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        made.values().forEach(PostgresServer::close);
        try (Stream<Path> left = Files.list(SOCKETS)) {
            for (Path file : (Iterable<Path>) left::iterator) {
                Files.delete(file);
            }
            Files.delete(SOCKETS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
