package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** A diverged pair of which a rewind needs actions of every kind that concerns relations, some in tablespaces. */
final class EveryAction {

    private EveryAction() {}

    /**
     * Makes the pair.
     *
     * @param stays an empty directory, for a tablespace that both sides keep
     * @param goes an empty directory, for one that the new primary drops
     */
    static DivergedPair pair(ServerRelease release, Path stays, Path goes) {
        return DivergedPair.of(
                PostgresServer.builder(release).withChecksums().walSegmentMegabytes(1),
                first -> first.execute(
                        "CREATE TABLESPACE stays LOCATION '" + stays + "'",
                        "CREATE TABLE placed TABLESPACE stays AS SELECT generate_series(1, 100) AS id",
                        "CREATE TABLESPACE goes LOCATION '" + goes + "'",
                        "CREATE TABLE misplaced TABLESPACE goes AS SELECT generate_series(1, 100) AS id"),
                shared -> shared.execute(
                        "CREATE TABLE t AS SELECT g AS id, 'shared' AS v FROM generate_series(1, 2000) g",
                        "CREATE TABLE cut AS SELECT generate_series(1, 5000) AS id",
                        "CREATE TABLE grows AS SELECT generate_series(1, 1000) AS id",
                        "CREATE TABLE dropped AS SELECT 1 AS id"),
                old -> old.execute(
                        "CHECKPOINT",
                        "UPDATE t SET v = 'lost' WHERE id % 700 = 1",
                        "UPDATE placed SET id = -id",
                        "CREATE TABLE only_here AS SELECT 1 AS id"),
                promoted -> promoted.execute(
                        "UPDATE t SET v = 'new' WHERE id % 1000 = 0",
                        "DELETE FROM cut WHERE id > 10",
                        "VACUUM cut",
                        "INSERT INTO grows SELECT generate_series(1, 3000)",
                        "DROP TABLE dropped, misplaced",
                        "CREATE TABLE later TABLESPACE stays AS SELECT 2 AS id",
                        "DROP TABLESPACE goes"));
    }

    /** Starts a rewound copy of the pair's target as a standby, and compares what every table holds. */
    static void assertStandbyHasTheSourcesRows(DivergedPair pair, PostgresServer target) {
        PostgresServer promoted = pair.copyOfSource();
        promoted.start();
        target.standbyOf(promoted);
        target.start();
        target.catchUpWith(promoted);
        for (String table : List.of("t", "cut", "grows", "placed", "later")) {
            String rows = "SELECT md5(string_agg(r::text, ',' ORDER BY r::text)) FROM " + table + " r";
            assertThat(target.value(rows)).as(table).isEqualTo(promoted.value(rows));
        }
        target.stop(StopMode.FAST);
        promoted.stop(StopMode.FAST);
        pair.closeCopies();
    }
}
