package org.pgrewind4j.testserver;

import java.util.EnumSet;
import java.util.Set;

/**
 * SQL that makes a server write WAL of every kind that its release knows. The same rounds on the same release leave the
 * same rows: nothing is drawn by chance.
 *
 * <pre>{@code
 * PostgresServer server = Workload.settings(PostgresServer.builder(release)).build();
 * ...
 * Workload workload = Workload.of(server);
 * workload.prepare();
 * workload.run(1, 500);
 * }</pre>
 *
 * <p>Rounds build on each other, in any order and on any copy of the server, so that both sides of a failover can go on
 * with rounds of their own: a round changes and drops what earlier ones left, and leaves new tables and databases and
 * one prepared transaction behind.
 */
public final class Workload {

    /** What a round does; some tests must do without one. */
    public enum Part {
        /** Inserts row by row and in bulk, updates that are HOT and that are not, deletes, conflicts. */
        ROWS {
            @Override
            void run(WorkloadRound round) {
                RowWork.run(round);
            }
        },
        /** Toasted values and large objects. */
        LARGE_VALUES {
            @Override
            void run(WorkloadRound round) {
                RowWork.largeValues(round);
            }
        },
        /** All kinds of indexes: growth, splits, and after a vacuum pages that are deleted and used again. */
        INDEXES {
            @Override
            void run(WorkloadRound round) {
                IndexWork.run(round);
            }
        },
        /** Sequences. */
        SEQUENCES {
            @Override
            void run(WorkloadRound round) {
                ObjectWork.sequences(round);
            }
        },
        /** Prepared transactions, subtransactions, row locks shared by several transactions, messages. */
        TRANSACTIONS {
            @Override
            void run(WorkloadRound round) {
                TransactionWork.run(round);
            }
        },
        /** Tables that are created, rewritten, truncated, dropped; unlogged ones; materialized views. */
        TABLES {
            @Override
            void run(WorkloadRound round) {
                ObjectWork.tables(round);
            }
        },
        /** Vacuum, freeze, full vacuum (of a catalog too), cluster, reindex, indexes built concurrently. */
        MAINTENANCE {
            @Override
            void run(WorkloadRound round) {
                ObjectWork.maintenance(round);
            }
        },
        /** An online backup, which begins with a checkpoint. */
        BACKUP {
            @Override
            void run(WorkloadRound round) {
                DatabaseWork.backup(round);
            }
        },
        /** Databases created and dropped; each makes the server write checkpoints. */
        DATABASES {
            @Override
            void run(WorkloadRound round) {
                DatabaseWork.databases(round);
            }
        },
        /**
         * A tablespace within the data directory, from 10 on. (One that lies elsewhere has the same path on a primary
         * and its standby: they cannot both run on one machine.)
         */
        TABLESPACES {
            @Override
            void run(WorkloadRound round) {
                DatabaseWork.tablespaces(round);
            }
        };

        abstract void run(WorkloadRound round);
    }

    private final PostgresServer server;
    private final Set<Part> parts;

    private Workload(PostgresServer server, Set<Part> parts) {
        this.server = server;
        this.parts = parts;
    }

    /**
     * All parts.
     *
     * @param server where to run, a primary
     * @return the workload
     */
    public static Workload of(PostgresServer server) {
        return new Workload(server, EnumSet.allOf(Part.class));
    }

    /**
     * Leaves parts out.
     *
     * @param excluded which ones
     * @return a workload of the other parts
     */
    public Workload without(Set<Part> excluded) {
        EnumSet<Part> rest = EnumSet.copyOf(parts);
        rest.removeAll(excluded);
        return new Workload(server, rest);
    }

    /**
     * Goes on elsewhere.
     *
     * @param other a copy of the server
     * @return the same workload on the other server
     */
    public Workload on(PostgresServer other) {
        return new Workload(other, parts);
    }

    /**
     * Adds the settings that the workload needs.
     *
     * @param builder of the server
     * @return the builder
     */
    public static PostgresServerBuilder settings(PostgresServerBuilder builder) {
        return builder.setting("track_commit_timestamp", "on")
                .setting("max_replication_slots", "4")
                .settingSince(10, "allow_in_place_tablespaces", "on");
    }

    /** Creates the tables and indexes that the rounds work on. Once, on the first primary. */
    public void prepare() {
        WorkloadRound round = new WorkloadRound(server, 0, 1);
        RowWork.prepare(round);
        IndexWork.prepare(round);
        ObjectWork.prepare(round);
        TransactionWork.prepare(round);
    }

    /**
     * Runs one round.
     *
     * @param number tells the round from others, from 1 on: what it writes depends on it
     * @param rows how many rows it adds to each table; WAL grows with it
     */
    public void run(int number, int rows) {
        WorkloadRound round = new WorkloadRound(server, number, rows);
        TransactionWork.finishPrepared(round);
        for (Part part : parts) {
            part.run(round);
        }
        if (parts.contains(Part.TRANSACTIONS)) {
            TransactionWork.leavePrepared(round);
        }
    }
}
