package org.pgrewind4j.core.random;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pgrewind4j.testserver.Integrity;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** Stopped clusters with the schema, of which each scenario's servers are copies. */
final class Clusters implements AutoCloseable {

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

    @Override
    public void close() {
        made.values().forEach(PostgresServer::close);
    }
}
