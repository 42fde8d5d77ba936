package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.ClusterWal;

@Tag("server")
class FinishedPreparedTest {

    /** The record has other parts before and from 15, and from 18 on. */
    static List<ServerRelease> eachForm() {
        List<ServerRelease> releases = ServerRelease.all();
        return List.of(releases.get(0), ServerRelease.of("15"), releases.get(releases.size() - 1));
    }

    @ParameterizedTest
    @MethodSource("eachForm")
    void findsTheOldestTransactionWhateverItDid(ServerRelease release) throws IOException {
        try (PostgresServer server = PostgresServer.builder(release)
                .setting("max_prepared_transactions", "5")
                .build()) {
            server.initialize();
            server.start();
            server.execute("CREATE TABLE xids (xid bigint)", "CREATE TABLE gone (id serial PRIMARY KEY, t text)");
            Lsn start = server.currentWalLsn();
            server.execute(
                    "BEGIN",
                    "INSERT INTO xids VALUES (txid_current())",
                    "SAVEPOINT a",
                    "CREATE TABLE made (id serial PRIMARY KEY)",
                    "SAVEPOINT b",
                    "DROP TABLE gone",
                    "PREPARE TRANSACTION 'first'",
                    "BEGIN",
                    "CREATE TABLE never (id serial PRIMARY KEY)",
                    "PREPARE TRANSACTION 'second'",
                    "ROLLBACK PREPARED 'second'",
                    "COMMIT PREPARED 'first'");
            Lsn end = server.currentWalLsn();
            long xid = Long.parseLong(server.value("SELECT xid FROM xids"));
            server.stop(StopMode.FAST);

            ClusterWal wal = ClusterWal.of(server.dataDirectory());

            assertThat(oldest(wal, start)).hasValue((int) xid);
            assertThat(oldest(wal, end)).isEmpty();
        }
    }

    private static OptionalInt oldest(ClusterWal wal, Lsn from) throws IOException {
        return FinishedPrepared.oldest(wal.source(), wal.control().version(), wal.segmentSize(), wal.history(), from);
    }
}
