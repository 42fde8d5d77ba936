package org.pgrewind4j.examples.bench;

/**
 * What happened before a rewind, in units of {@code pgbench}.
 *
 * @param databaseSize the scale of the database: 100,000 rows each, 15 MB
 * @param changedSize the scale of that part of it whose rows the transactions change
 * @param sinceCheckpoint transactions of each of 4 clients between the last shared checkpoint and the failover
 * @param abandoned transactions of each of 4 clients on the old primary after the failover
 * @param onSource transactions of each of 2 clients on the new primary
 * @param retainedSegments WAL segments from before the checkpoint that both sides still have
 * @param relations how many more relations there are, of three files each, that nothing changes
 */
record RewindScenario(
        int databaseSize,
        int changedSize,
        int sinceCheckpoint,
        int abandoned,
        int onSource,
        int retainedSegments,
        int relations) {

    /** The scenario by which the project is judged, or a smaller one like it. */
    static RewindScenario standard(double scale) {
        return new RewindScenario(
                times(50, scale), times(50, scale), times(20_000, scale), times(5_000, scale), times(500, scale), 0, 0);
    }

    private static int times(int count, double scale) {
        return (int) Math.max(1, Math.round(count * scale));
    }

    RewindScenario withRelations(int count) {
        return new RewindScenario(
                databaseSize, changedSize, sinceCheckpoint, abandoned, onSource, retainedSegments, count);
    }

    /** Something that grows while the divergence stays the same. */
    enum Growth {
        /** The database, which is 15 MB and more; the same rows change. */
        DATABASE_SIZE {
            @Override
            RewindScenario apply(RewindScenario base, int factor) {
                return new RewindScenario(
                        base.databaseSize * factor,
                        base.changedSize,
                        base.sinceCheckpoint,
                        base.abandoned,
                        base.onSource,
                        base.retainedSegments,
                        base.relations);
            }
        },
        /** WAL that both sides keep: 64 MB and more. */
        RETAINED_WAL {
            @Override
            RewindScenario apply(RewindScenario base, int factor) {
                return new RewindScenario(
                        base.databaseSize,
                        base.changedSize,
                        base.sinceCheckpoint,
                        base.abandoned,
                        base.onSource,
                        LEAST_SEGMENTS * factor,
                        base.relations);
            }
        },
        /** What was written between the checkpoint and the failover. */
        WAL_SINCE_CHECKPOINT {
            @Override
            RewindScenario apply(RewindScenario base, int factor) {
                return new RewindScenario(
                        base.databaseSize,
                        base.changedSize,
                        base.sinceCheckpoint * factor,
                        base.abandoned,
                        base.onSource,
                        base.retainedSegments,
                        base.relations);
            }
        };

        private static final int LEAST_SEGMENTS = 4;

        abstract RewindScenario apply(RewindScenario base, int factor);
    }
}
