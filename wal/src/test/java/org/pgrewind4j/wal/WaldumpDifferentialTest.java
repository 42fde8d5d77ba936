package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** Records, blocks and the end of WAL are those that PostgreSQL 15's own {@code pg_waldump} sees. */
class WaldumpDifferentialTest {

    /** A record's line: what comes before the description, the type's name, the description. */
    private static final Pattern RECORD = Pattern.compile("(rmgr: .*, desc: )(UNKNOWN \\([0-9a-f]+\\)|\\S+) .*");

    private final Oracle oracle = Oracle.require();

    @ParameterizedTest
    @CsvSource({"off, 16, ''", "pglz, 16, ''", "lz4, 1, ''", "zstd, 1, all"})
    void listsWhatPgWaldumpLists(String compression, int segmentMegabytes, String consistencyChecking)
            throws IOException {
        try (PostgresServer server = PostgresServer.builder(
                        ServerRelease.installed15().orElseThrow())
                .walSegmentMegabytes(segmentMegabytes)
                .setting("wal_compression", compression)
                .setting("wal_consistency_checking", consistencyChecking)
                .build()) {
            server.initialize();
            server.start();
            server.execute(
                    "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 5000) g",
                    "CREATE INDEX ON t (word)",
                    "UPDATE t SET word = 'new' WHERE id % 10 = 0");
            server.stop(StopMode.IMMEDIATE);

            assertSameListing(ClusterWal.of(server.dataDirectory()));
        }
    }

    private void assertSameListing(ClusterWal wal) throws IOException {
        ClusterWal.Listing ours = wal.read(wal.begin());
        CommandResult theirs =
                oracle.run("pg_waldump", "--bkp-details", "--path=" + wal.directory(), "--start=" + wal.begin());

        Lines.assertSame(
                ours.records().stream().flatMap(WaldumpDifferentialTest::lines).toList(),
                theirs.stdout()
                        .lines()
                        .map(WaldumpDifferentialTest::withoutDescription)
                        .toList());
        assertThat(theirs.stderr())
                .isEqualTo("pg_waldump: error: error in WAL record at "
                        + ours.end().lastRecordBegin() + ": " + ours.end().detail() + "\n");
    }

    private static Stream<String> lines(WalRecord record) {
        return Stream.concat(
                Stream.of(record.toString()), record.blocks().stream().map(block -> "\t" + block));
    }

    private static String withoutDescription(String line) {
        return RECORD.matcher(line).replaceFirst("$1$2");
    }
}
