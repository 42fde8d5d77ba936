package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.testserver.CommandResult;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.testserver.Workload;
import org.pgrewind4j.wal.ClusterWal;

/** Records, blocks and the end of WAL are those that PostgreSQL 15's own {@code pg_waldump} sees. */
@Tag("server")
class WaldumpDifferentialTest {

    /** A record's line: what comes before the description, the type's name, the description. */
    private static final Pattern RECORD = Pattern.compile("(rmgr: .*, desc: )(UNKNOWN \\([0-9a-f]+\\)|\\S+) .*");

    private final Oracle oracle = Oracle.require();

    @ParameterizedTest
    @CsvSource({"off, 16, ''", "pglz, 16, ''", "lz4, 1, ''", "zstd, 1, all"})
    void listsWhatPgWaldumpLists(String compression, int segmentMegabytes, String consistencyChecking)
            throws IOException {
        PostgresServerBuilder builder = PostgresServer.builder(
                        ServerRelease.installed15().orElseThrow())
                .walSegmentMegabytes(segmentMegabytes)
                .setting("wal_compression", compression)
                .setting("wal_consistency_checking", consistencyChecking);
        try (PostgresServer server = Workload.settings(builder).build()) {
            server.initialize();
            server.start();
            Workload workload = Workload.of(server);
            workload.prepare();
            workload.run(1, 100);
            workload.run(2, 50);
            server.stop(StopMode.IMMEDIATE);

            assertSameListing(ClusterWal.of(server.dataDirectory()));
        }
    }

    private void assertSameListing(ClusterWal wal) throws IOException {
        ClusterWal.Listing ours = wal.read(wal.begin());
        // A directory may hold zeroed segments for later, from which pg_waldump could not tell the segments' size.
        String first = wal.segments().get(0).fileName();
        String last = ours.end().segment().fileName();
        CommandResult theirs = oracle.run("pg_waldump", "--bkp-details", "--path=" + wal.directory(), first, last);

        Lines.assertSame(
                ours.records().stream().flatMap(WaldumpDifferentialTest::lines).toList(),
                theirs.stdout()
                        .lines()
                        .map(WaldumpDifferentialTest::withoutDescription)
                        .toList());
        Lines.assertSame(
                ours.records().stream()
                        .flatMap(record -> record.transaction().stream())
                        .map(TransactionText::of)
                        .toList(),
                theirs.stdout().lines().flatMap(TransactionText::ofPgWaldump).toList());
        assertVaried(ours.records());
        assertThat(theirs.stderr())
                .isEqualTo("pg_waldump: error: error in WAL record at "
                        + ours.end().lastRecordBegin() + ": " + ours.end().detail() + "\n");
    }

    /** The comparison is worth something if WAL has records of every kind. Commit status grows a page too rarely. */
    private static void assertVaried(List<WalRecord> records) {
        List<ResourceManager> managers = new ArrayList<>(ResourceManager.builtIn());
        managers.remove(ResourceManager.CLOG);
        assertThat(records.stream().map(WalRecord::resourceManager).distinct()).containsAll(managers);
        assertThat(records.stream()
                        .map(record -> record.resourceManager() + record.typeName())
                        .distinct())
                .hasSizeGreaterThan(80);
    }

    private static Stream<String> lines(WalRecord record) {
        return Stream.concat(
                Stream.of(record.toString()), record.blocks().stream().map(block -> "\t" + block));
    }

    private static String withoutDescription(String line) {
        return RECORD.matcher(line).replaceFirst("$1$2");
    }
}
