package org.pgrewind4j.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.StopMode;

/**
 * An old primary and the standby that was promoted in its place, both stopped, both with work of their own since then.
 * Tests work on copies of the two.
 */
public final class DivergedPair implements AutoCloseable {

    private final Failover failover;
    private final List<PostgresServer> copies = new ArrayList<>();

    private DivergedPair(Failover failover) {
        this.failover = failover;
    }

    /** A pair with a small table that has rows of both, of the old primary alone, and of the new one alone. */
    public static DivergedPair of(PostgresServerBuilder builder) {
        return of(
                builder,
                shared -> shared.execute(
                        "CREATE TABLE t (id int PRIMARY KEY, v text)",
                        "INSERT INTO t SELECT g, 'shared' FROM generate_series(1, 1000) g"),
                old -> old.execute(
                        "INSERT INTO t SELECT g, 'lost' FROM generate_series(1001, 1500) g",
                        "UPDATE t SET v = 'lost' WHERE id % 7 = 0"),
                promoted -> promoted.execute(
                        "UPDATE t SET v = 'new' WHERE id % 5 = 0", "INSERT INTO t VALUES (5000, 'new')"));
    }

    /** A pair with work of the test's own. */
    public static DivergedPair of(
            PostgresServerBuilder builder,
            Consumer<PostgresServer> shared,
            Consumer<PostgresServer> ofTarget,
            Consumer<PostgresServer> ofSource) {
        return of(builder, first -> {}, shared, ofTarget, ofSource);
    }

    /** A pair with work of the test's own, some of it before the standby was copied from the primary. */
    public static DivergedPair of(
            PostgresServerBuilder builder,
            Consumer<PostgresServer> beforeCopy,
            Consumer<PostgresServer> shared,
            Consumer<PostgresServer> ofTarget,
            Consumer<PostgresServer> ofSource) {
        Failover failover = Failover.ofStopped(initialized(builder.build(), beforeCopy));
        try {
            shared.accept(failover.primary());
            failover.promoteStandby();
            ofTarget.accept(failover.primary());
            ofSource.accept(failover.standby());
            failover.primary().stop(StopMode.FAST);
            failover.standby().stop(StopMode.FAST);
            return new DivergedPair(failover);
        } catch (RuntimeException e) {
            failover.close();
            throw e;
        }
    }

    private static PostgresServer initialized(PostgresServer server, Consumer<PostgresServer> work) {
        try {
            server.initialize();
            server.start();
            work.accept(server);
            server.stop(StopMode.FAST);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The old primary itself. */
    public PostgresServer target() {
        return failover.primary();
    }

    /** The new primary itself. */
    public PostgresServer source() {
        return failover.standby();
    }

    public PostgresServer copyOfTarget() {
        return kept(target().copy());
    }

    public PostgresServer copyOfSource() {
        return kept(source().copy());
    }

    private PostgresServer kept(PostgresServer copy) {
        copies.add(copy);
        return copy;
    }

    /** Closes the copies that were made so far. */
    public void closeCopies() {
        copies.forEach(PostgresServer::close);
        copies.clear();
    }

    @Override
    public void close() {
        try (failover) {
            closeCopies();
        }
    }
}
