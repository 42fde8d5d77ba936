package org.pgrewind4j.testserver;

/**
 * A primary and a standby that follows it over streaming replication, for the story that leads to every rewind: the
 * standby is promoted while the primary continues.
 *
 * <pre>{@code
 * try (Failover failover = Failover.of(PostgresServer.builder(release).withChecksums().build())) {
 *     failover.primary().execute("CREATE TABLE t (id int)");
 *     failover.promoteStandby();
 *     failover.primary().execute("INSERT INTO t VALUES (1)");   // lost: the new primary does not have it
 *     failover.primary().stop(StopMode.FAST);
 * }
 * }</pre>
 */
public final class Failover implements AutoCloseable {

    private final PostgresServer primary;
    private final PostgresServer standby;

    private Failover(PostgresServer primary, PostgresServer standby) {
        this.primary = primary;
        this.standby = standby;
    }

    /**
     * Starts the pair. The standby is a copy of the stopped primary.
     *
     * @param primary a server that was built but not initialized; the pair closes it
     * @return both servers, running, the standby connected
     */
    public static Failover of(PostgresServer primary) {
        try {
            primary.initialize();
            primary.start();
            primary.stop(StopMode.FAST);
            return ofStopped(primary);
        } catch (RuntimeException e) {
            primary.close();
            throw e;
        }
    }

    /**
     * Makes a diverged pair, for a test or a demonstration of a rewind: each server has a row in the table {@code t} of the
     * database {@code postgres} that the other lacks, and both are stopped cleanly.
     *
     * <pre>{@code
     * try (Failover pair = Failover.diverged(ServerRelease.newest());
     *         Transport source = LocalDirectoryTransport.open(pair.standby().dataDirectory())) {
     *     Rewind.of(pair.primary().dataDirectory()).from(source).plan().execute();
     * }
     * }</pre>
     *
     * @param release the release of both servers, which have data checksums
     * @return the pair: the primary is to be rewound, the standby is the new primary
     */
    public static Failover diverged(ServerRelease release) {
        Failover pair = of(PostgresServer.builder(release).withChecksums().build());
        try {
            pair.primary().execute("CREATE TABLE t (id int)");
            pair.promoteStandby();
            pair.primary().execute("INSERT INTO t VALUES (1)");
            pair.standby().execute("INSERT INTO t VALUES (2)");
            pair.primary().stop(StopMode.FAST);
            pair.standby().stop(StopMode.FAST);
            return pair;
        } catch (RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    /**
     * Starts the pair from a server that has a history already.
     *
     * @param primary a server that was stopped cleanly; the pair closes it
     * @return both servers, running, the standby connected
     */
    public static Failover ofStopped(PostgresServer primary) {
        PostgresServer standby = primary.copy();
        Failover failover = new Failover(primary, standby);
        try {
            standby.standbyOf(primary);
            primary.start();
            standby.start();
            standby.catchUpWith(primary);
            return failover;
        } catch (RuntimeException e) {
            failover.close();
            throw e;
        }
    }

    /**
     * The server that began as the primary.
     *
     * @return the old primary, once the standby is promoted
     */
    public PostgresServer primary() {
        return primary;
    }

    /**
     * The server that began as the standby.
     *
     * @return the new primary, once it is promoted
     */
    public PostgresServer standby() {
        return standby;
    }

    /**
     * Lets the standby catch up and promotes it. The old primary is left as it is: it runs on, and from here on both
     * histories differ. The old primary must run.
     *
     * @return the new primary
     */
    public PostgresServer promoteStandby() {
        standby.catchUpWith(primary);
        if (needsRestartpoint()) {
            standby.checkpoint();
        }
        standby.promote();
        return standby;
    }

    /**
     * A new primary writes page images from its last restartpoint on, so that replay from a later checkpoint can meet a
     * change to a page of a dropped relation that is not there and has no image. The redo of BRIN crashes on that in 16
     * and 17 ({@code src/backend/access/brin/brin_xlog.c}, {@code brin_xlog_insert_update}), whatever made the copy.
     */
    private boolean needsRestartpoint() {
        return standby.release().major() == 16 || standby.release().major() == 17;
    }

    /** Closes both servers. */
    @Override
    public void close() {
        try (primary) {
            standby.close();
        }
    }
}
