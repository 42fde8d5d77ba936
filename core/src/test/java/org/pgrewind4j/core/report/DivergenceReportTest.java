package org.pgrewind4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.TransactionRecord;
import org.pgrewind4j.wal.scan.RelationActivity;
import org.pgrewind4j.wal.scan.RowCounts;
import org.pgrewind4j.wal.scan.TransactionActivity;
import org.pgrewind4j.wal.scan.WalActivity;

/** What is reported as lost is what was done on the old primary, and nothing else, on real servers. */
@Tag("server")
class DivergenceReportTest {

    static List<ServerRelease> releases() {
        List<ServerRelease> all = ServerRelease.all();
        return List.of(all.get(0), ServerRelease.of("15"), all.get(all.size() - 1));
    }

    /** What the servers say of themselves while it happens. */
    private final Map<String, String> known = new HashMap<>();

    @ParameterizedTest
    @MethodSource("releases")
    void tellsWhatWasDoneOnTheOldPrimaryAlone(ServerRelease release) throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                        PostgresServer.builder(release)
                                .withChecksums()
                                .setting("autovacuum", "off")
                                .setting("max_prepared_transactions", "5"),
                        this::share,
                        this::lose,
                        promoted -> promoted.execute(
                                "INSERT INTO t VALUES (5000, 'new')",
                                "DELETE FROM t WHERE id = 1",
                                "COMMIT PREPARED 'both'"));
                Transport source = LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            Rewind rewind = Rewind.of(pair.target().dataDirectory()).from(source);
            RewindPlan plan = rewind.plan();
            DivergenceReport report = plan.lost().orElseThrow();

            assertThat(report.divergence())
                    .isEqualTo(plan.divergence().orElseThrow().position());
            assertThat(report.abandoned().activity().end().position())
                    .isEqualTo(plan.targetEnd().orElseThrow());
            assertRows(report);
            assertTransactions(report);
            assertPrepared(report.abandoned().activity().transactions());
            assertObjects(report);
            assertDefinitions(report);
            assertPreparedBefore(report);
            assertThat(report.kept().orElseThrow().activity().transactions().commits())
                    .isEqualTo(3);
            assertThat(report.kept().orElseThrow().activity().committedRows()).isEqualTo(new RowCounts(1, 0, 0, 1));
            JsonSchemas.assertValid(report);
            assertThat(rewind.lost().orElseThrow().toJson()).isEqualTo(report.toJson());
            assertThat(report.toText()).contains("public.t (1663/").contains("prepared and open     1\n");
            assertThat(report.toHtml())
                    .contains("public.t")
                    .contains("<p class=\"verdict bad\">")
                    .doesNotContain("<script")
                    .doesNotContain("https://");
            assertThat(report.abandoned().gaps()).isEmpty();
            assertThat(report.loss()).isEqualTo(Loss.TRANSACTIONS);
            assertToldAsUnknown(pair.copyOfTarget(), source, "the target wrote WAL up to ");
        }
    }

    /** Its control file names nothing behind the divergence: the checkpoint was before. */
    @ParameterizedTest
    @ValueSource(strings = "15")
    void saysThatItCannotBeToldWhereACrashedTargetHasLostItsWal(String release) throws IOException {
        try (Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t (id int)");
            failover.promoteStandby().stop(StopMode.FAST);
            old.execute("INSERT INTO t VALUES (1)");
            old.stop(StopMode.IMMEDIATE);
            try (Transport source =
                    LocalDirectoryTransport.open(failover.standby().dataDirectory())) {
                DivergenceReport report =
                        Rewind.of(old.dataDirectory()).from(source).lost().orElseThrow();
                assertThat(report.abandoned().gaps()).isEmpty();
                assertThat(report.lostCommits()).isEqualTo(1);

                assertToldAsUnknown(old, source, "WAL is missing: segment ");
            }
        }
    }

    private static void assertToldAsUnknown(PostgresServer target, Transport source, String gap) throws IOException {
        String segment = removeWal(target);

        DivergenceReport report =
                Rewind.of(target.dataDirectory()).from(source).lost().orElseThrow();

        assertThat(report.loss()).isEqualTo(Loss.UNKNOWN);
        assertThat(report.losesTransactions()).isFalse();
        assertThat(report.abandoned().gaps())
                .anySatisfy(told -> assertThat(told).startsWith(gap).contains(segment));
        assertThat(report.abandoned().activity().bytes()).isZero();
        JsonSchemas.assertValid(report);
        assertThat(report.toJson()).contains("\"UNKNOWN\"").contains(segment);
        assertThat(report.toText()).contains("What is lost cannot be told: ").doesNotContain("nothing that users did");
        assertThat(report.toHtml())
                .contains("<p class=\"verdict bad\">What is lost cannot be told: ")
                .contains(segment)
                .doesNotContain("nothing that users did");
    }

    /** Removes all segments, and tells the first one's name. */
    private static String removeWal(PostgresServer server) throws IOException {
        Path directory = server.dataDirectory().resolve(server.release().walDirectory());
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> segments = files.filter(
                            file -> file.getFileName().toString().length() == 24)
                    .sorted()
                    .toList();
            for (Path segment : segments) {
                Files.delete(segment);
            }
            return segments.get(0).getFileName().toString();
        }
    }

    private void share(PostgresServer server) {
        server.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text) WITH (fillfactor = 50)",
                "INSERT INTO t SELECT g, 'shared' FROM generate_series(1, 1000) g",
                "CREATE TABLE gone (id int)",
                "CREATE SEQUENCE s",
                "SELECT nextval('s')");
        List<String> names = List.of("both", "again", "back");
        for (String name : names) {
            server.execute(
                    "BEGIN",
                    "INSERT INTO t VALUES (" + (30_000 + names.indexOf(name)) + ", '')",
                    "PREPARE TRANSACTION '" + name + "'");
        }
        known.put("t", server.value("SELECT pg_relation_filepath('t')"));
        known.put("gone", server.value("SELECT pg_relation_filepath('gone')"));
        known.put("s", server.value("SELECT pg_relation_filepath('s')"));
    }

    private void lose(PostgresServer old) {
        try {
            Path rows = old.dataDirectory().resolve("rows_to_copy");
            Files.writeString(
                    rows,
                    IntStream.range(7000, 7030)
                            .mapToObj(id -> id + "\tcopied\n")
                            .collect(Collectors.joining()));
            old.execute("INSERT INTO t SELECT g, 'lost' FROM generate_series(1001, 1500) g");
            known.put("insert xid", old.value("SELECT xmin::text FROM t WHERE id = 1001"));
            old.execute(
                    "UPDATE t SET v = 'hot' WHERE id <= 10",
                    "UPDATE t SET id = id + 10000 WHERE id BETWEEN 21 AND 25",
                    "DELETE FROM t WHERE id BETWEEN 31 AND 37",
                    "COPY t FROM '" + rows + "'",
                    "INSERT INTO t VALUES (8000, 'x') ON CONFLICT DO NOTHING");
            Files.delete(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        old.execute(
                "BEGIN",
                "INSERT INTO t VALUES (9000, 'top')",
                "SAVEPOINT a",
                "INSERT INTO t VALUES (9001, 'no'), (9002, 'no')",
                "ROLLBACK TO SAVEPOINT a",
                "SAVEPOINT b",
                "INSERT INTO t VALUES (9003, 'yes'), (9004, 'yes'), (9005, 'yes')",
                "COMMIT",
                "BEGIN",
                "INSERT INTO t SELECT g, 'never' FROM generate_series(20001, 20011) g",
                "ROLLBACK",
                "BEGIN",
                "INSERT INTO t SELECT g, 'done' FROM generate_series(21001, 21005) g",
                "PREPARE TRANSACTION 'done'",
                "COMMIT PREPARED 'done'",
                "BEGIN",
                "INSERT INTO t SELECT g, 'open' FROM generate_series(22001, 22006) g",
                "PREPARE TRANSACTION 'open <i>&'",
                "CREATE TABLE \"made <b>\" (id int)",
                "DROP TABLE gone",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "SELECT nextval('s') FROM generate_series(1, 40)",
                "CREATE DATABASE d",
                "COMMIT PREPARED 'both'",
                "COMMIT PREPARED 'again'",
                "ROLLBACK PREPARED 'back'");
        known.put("made", old.value("SELECT pg_relation_filepath('\"made <b>\"')"));
        known.put("top xid", old.value("SELECT xmin::text FROM t WHERE id = 9000"));
        known.put("sub xid", old.value("SELECT xmin::text FROM t WHERE id = 9003"));
        known.put("d", old.value("SELECT oid::text FROM pg_database WHERE datname = 'd'"));
    }

    private RelationActivity relation(DivergenceReport report, String name) {
        List<String> path = Splitter.on('/').splitToList(known.getOrDefault(name, ""));
        RelFileLocator file = new RelFileLocator(1663, Integer.parseInt(path.get(1)), Integer.parseInt(path.get(2)));
        return report.relations().stream()
                .filter(relation -> relation.relation().equals(file))
                .findFirst()
                .orElseThrow();
    }

    private void assertRows(DivergenceReport report) {
        RelationActivity t = relation(report, "t");

        assertThat(t.committed()).isEqualTo(new RowCounts(500 + 30 + 1 + 4 + 5, 5, 10, 7));
        assertThat(t.uncommitted()).isEqualTo(new RowCounts(2 + 11 + 6, 0, 0, 0));
        assertThat(t.transactions()).isEqualTo(8);
        assertThat(report.name(t.relation()))
                .contains(new RelationName(
                        "public", "t", RelationName.Kind.TABLE, Optional.empty(), RelationName.Basis.CATALOG));
        assertThat(report.userRows()).isEqualTo(t.committed());
        assertThat(report.abandoned().activity().managers().values().stream()
                        .mapToLong(WalActivity.Volume::records)
                        .sum())
                .isEqualTo(report.abandoned().activity().records());
    }

    private void assertTransactions(DivergenceReport report) {
        WalActivity.Transactions transactions = report.abandoned().activity().transactions();
        TransactionActivity first = transactions.committed().get(0);
        TransactionActivity nested = transactions.committed().stream()
                .filter(transaction -> Long.toString(transaction.end().xid()).equals(known.get("top xid")))
                .findFirst()
                .orElseThrow();

        assertThat(transactions.commits()).isEqualTo(transactions.committed().size());
        assertThat(Long.toString(first.end().xid())).isEqualTo(known.get("insert xid"));
        assertThat(first.relations())
                .containsExactly(new TransactionActivity.ChangedRows(
                        relation(report, "t").relation(), new RowCounts(500, 0, 0, 0)));
        // Whoever rolls back to a savepoint is in a new subtransaction of that name, and the next one is within it.
        long inner = Long.parseLong(known.getOrDefault("sub xid", ""));
        assertThat(nested.end().subtransactions()).containsExactly(inner - 1, inner);
        assertThat(nested.rows()).isEqualTo(new RowCounts(4, 0, 0, 0));
        // The one that was rolled back to, the one that was rolled back, and the one that had been prepared.
        assertThat(transactions.rollbacks()).isEqualTo(3);
        assertThat(transactions.unfinished()).isZero();
        assertThat(transactions.committed())
                .filteredOn(transaction -> transaction.end().kind() == TransactionRecord.Kind.COMMIT_PREPARED)
                .extracting(TransactionActivity::rows)
                .containsExactly(new RowCounts(5, 0, 0, 0), RowCounts.NONE, RowCounts.NONE);
    }

    private static void assertPreparedBefore(DivergenceReport report) {
        assertThat(report.preparedBefore())
                .extracting(PreparedBefore::isCommitted, PreparedBefore::fate)
                .containsExactly(
                        tuple(true, PreparedBefore.Fate.ENDED_ALIKE),
                        tuple(true, PreparedBefore.Fate.OPEN_AGAIN),
                        tuple(false, PreparedBefore.Fate.OPEN_AGAIN));
        assertThat(report.lostCommits())
                .isEqualTo(report.abandoned().activity().transactions().commits() - 1);
        assertThat(report.notes())
                .anySatisfy(note -> assertThat(note)
                        .startsWith(
                                "Prepared before the divergence, rolled back on the target, not ended on the source:"
                                        + " after a rewind open again, with its locks: transaction "));
    }

    private static void assertPrepared(WalActivity.Transactions transactions) {
        assertThat(transactions.prepared()).singleElement().satisfies(open -> {
            assertThat(open.end().gid()).contains("open <i>&");
            assertThat(open.rows()).isEqualTo(new RowCounts(6, 0, 0, 0));
        });
    }

    private void assertObjects(DivergenceReport report) {
        RelationActivity made = relation(report, "made");

        assertThat(made.created()).isTrue();
        assertThat(report.name(made.relation()).map(RelationName::toString)).contains("public.made <b>");
        assertThat(relation(report, "gone").dropped()).isTrue();
        assertThat(relation(report, "t").created()).isFalse();
        // 41 numbers were taken, and each time that they are logged so are 32 more.
        assertThat(relation(report, "s").sequenceValue().orElseThrow()).isBetween(41L, 41L + 32);
        long database = Long.parseLong(known.getOrDefault("d", ""));
        assertThat(report.abandoned().activity().directories()).singleElement().satisfies(change -> {
            int created = change instanceof DirectoryChange.LoggedDatabase logged
                    ? logged.database()
                    : ((DirectoryChange.FileCopyDatabase) change).database();
            assertThat(Integer.toUnsignedLong(created)).isEqualTo(database);
        });
        assertThat(report.names().database(database)).contains("d");
    }

    private static void assertDefinitions(DivergenceReport report) {
        List<List<String>> objects = report.definitionChanges().stream()
                .map(change -> change.catalogs().stream()
                        .map(DefinitionChange.Catalog::objects)
                        .toList())
                .toList();

        assertThat(objects)
                .hasSize(4)
                .satisfiesExactly(
                        made -> assertThat(made).contains("relations", "columns", "types"),
                        gone -> assertThat(gone).contains("relations", "columns", "types"),
                        function -> assertThat(function).containsExactly("functions"),
                        database -> assertThat(database).containsExactly("databases"));
    }
}
