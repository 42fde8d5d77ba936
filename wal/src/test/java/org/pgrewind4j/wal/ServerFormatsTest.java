package org.pgrewind4j.wal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.control.ControlFileSql;

/** Control files, relation files and data pages as real servers of every release write them. */
@ParameterizedClass
@MethodSource("org.pgrewind4j.testserver.ServerRelease#all")
@Tag("server")
class ServerFormatsTest {

    private static final int PAGE = 8192;

    private static final String RELATIONS = "SELECT pg_relation_filepath(c.oid),"
            + " CASE c.reltablespace WHEN 0 THEN d.dattablespace ELSE c.reltablespace END,"
            + " CASE c.reltablespace WHEN 1664 THEN 0 ELSE d.oid END, pg_relation_filenode(c.oid)"
            + " FROM pg_class c, pg_database d"
            + " WHERE d.datname = current_database() AND pg_relation_filepath(c.oid) IS NOT NULL";

    private static @Nullable Failover failover;

    @Parameter
    ServerRelease release;

    @BeforeParameterizedClassInvocation
    static void startPair(ServerRelease release) throws IOException {
        PostgresServer primary = PostgresServer.builder(release)
                .withChecksums()
                .setting("wal_log_hints", "on")
                .setting("track_commit_timestamp", "on")
                .setting("max_locks_per_transaction", "77")
                .setting("max_worker_processes", "11")
                .build();
        primary.initialize();
        Path tablespace = Files.createDirectory(primary.dataDirectory().resolveSibling("tablespace"));
        primary.start();
        // A copy's tablespaces are its own; one made later would be at the same place for both servers.
        primary.execute("CREATE TABLESPACE elsewhere LOCATION '" + tablespace + "'");
        primary.stop(StopMode.FAST);
        failover = Failover.ofStopped(primary);
        primary.execute(
                "CREATE TABLE far TABLESPACE elsewhere AS SELECT i FROM generate_series(1, 1000) i",
                "CREATE TABLE t AS SELECT i, repeat('x', i % 300) AS text FROM generate_series(1, 20000) i",
                "CREATE INDEX ON t (i)",
                "CREATE INDEX ON t USING hash (i)",
                "CREATE INDEX ON t USING brin (i)",
                "CREATE INDEX ON t USING gin ((ARRAY[i]))",
                "CREATE INDEX ON t USING gist (point(i, i))",
                "CREATE INDEX ON t USING spgist (text)",
                "CREATE UNLOGGED TABLE u AS SELECT i FROM generate_series(1, 1000) i",
                "CREATE SEQUENCE s",
                "DELETE FROM t WHERE i % 3 = 0",
                "VACUUM",
                "CHECKPOINT");
    }

    @AfterParameterizedClassInvocation
    static void closePair() {
        pair().close();
        failover = null;
    }

    private static Failover pair() {
        return requireNonNull(failover);
    }

    @Test
    void controlFileSaysWhatTheServerSays() throws IOException {
        PostgresServer primary = pair().primary();
        PostgresServer standby = pair().standby();
        assertEqualsSql(primary, ClusterState.IN_PRODUCTION);
        standby.catchUpWith(primary);
        standby.checkpoint();
        assertThat(assertEqualsSql(standby, ClusterState.IN_ARCHIVE_RECOVERY)
                        .minRecoveryPoint()
                        .isValid())
                .isTrue();

        standby.stop(StopMode.FAST);
        assertThat(controlFile(standby).state()).isSameAs(ClusterState.SHUT_DOWN_IN_RECOVERY);
    }

    @Test
    void pathsNameTheRelationsThatTheServerHas() throws IOException {
        PostgresServer primary = pair().primary();
        PostgresVersion version = controlFile(primary).version();
        Map<String, RelationFile> expected = new TreeMap<>();
        for (List<String> database : primary.query("SELECT datname FROM pg_database WHERE datallowconn")) {
            for (List<String> row : primary.queryIn(database.get(0), RELATIONS)) {
                RelFileLocator relation = new RelFileLocator(oid(row.get(1)), oid(row.get(2)), oid(row.get(3)));
                expected.put(row.get(0), new RelationFile(relation, ForkName.MAIN, 0));
            }
        }
        String closedTemplate = primary.value("SELECT 'base/' || oid || '/' FROM pg_database WHERE NOT datallowconn");

        Map<String, RelationFile> found = relationFiles(primary.dataDirectory(), version);
        assertThat(found.values()).extracting(RelationFile::fork).contains(ForkName.FSM, ForkName.VM, ForkName.INIT);
        found.values().removeIf(file -> file.fork() != ForkName.MAIN);
        found.keySet().removeIf(path -> path.startsWith(closedTemplate));
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void everyPageOfAStoppedServerIsGood() throws IOException {
        PostgresServer primary = pair().primary();
        primary.stop(StopMode.FAST);
        Map<String, RelationFile> files =
                relationFiles(primary.dataDirectory(), controlFile(primary).version());
        long pages = 0;
        for (Map.Entry<String, RelationFile> file : files.entrySet()) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Files.readAllBytes(primary.dataDirectory().resolve(file.getKey())));
            assertThat(bytes.capacity() % PAGE).isZero();
            for (int page = 0; page < bytes.capacity() / PAGE; page++) {
                assertGood(bytes, page, file.getValue().firstBlock(131072) + page, file.getKey());
                pages++;
            }
        }
        assertThat(pages).isGreaterThan(1000);
        primary.start();
    }

    private static void assertGood(ByteBuffer bytes, int page, long block, String path) {
        int offset = page * PAGE;
        assertThat(PageHeader.verify(bytes, offset, PAGE, block))
                .as("block %s of %s", block, path)
                .isTrue();
        if (!PageHeader.isNew(bytes, offset, PAGE)) {
            assertThat(PageHeader.verify(bytes, offset, PAGE, block ^ 1)).isFalse();
            bytes.put(offset + PageHeader.CHECKSUM_OFFSET, (byte) (bytes.get(offset + PageHeader.CHECKSUM_OFFSET) ^ 1));
            assertThat(PageHeader.verify(bytes, offset, PAGE, block)).isFalse();
        }
    }

    /** The server computes checksums of pages that are not its own only from 10 on. */
    @Test
    void checksumsOfAnyPagesAreTheServers() {
        PostgresServer primary = pair().primary();
        if (!release.isAtLeast(10)) {
            assertThat(primary.query("SELECT 1 FROM pg_proc WHERE proname = 'page_checksum'"))
                    .isEmpty();
            return;
        }
        primary.execute("CREATE EXTENSION IF NOT EXISTS pageinspect");
        Random random = new Random(release.major());
        for (int i = 0; i < 20; i++) {
            byte[] page = new byte[PAGE];
            random.nextBytes(page);
            int block = random.nextInt(Integer.MAX_VALUE);
            String server = primary.value("SELECT page_checksum(decode('"
                    + HexFormat.of().formatHex(page) + "', 'hex'), " + block + ") & 65535");
            assertThat(PageChecksum.compute(ByteBuffer.wrap(page), 0, PAGE, block))
                    .isEqualTo(Integer.parseInt(server));
        }
    }

    @Test
    void pageLsnsAreTheServers() throws IOException {
        PostgresServer primary = pair().primary();
        primary.execute("CREATE EXTENSION IF NOT EXISTS pageinspect", "CHECKPOINT");
        ByteBuffer file = ByteBuffer.wrap(
                Files.readAllBytes(primary.dataDirectory().resolve(primary.value("SELECT pg_relation_filepath('t')"))));

        List<List<String>> lsns = primary.query("SELECT (page_header(get_raw_page('t', block))).lsn"
                + " FROM generate_series(0, pg_relation_size('t')::int / 8192 - 1) block ORDER BY block");
        assertThat(lsns).hasSize(file.capacity() / PAGE).isNotEmpty();
        for (int block = 0; block < lsns.size(); block++) {
            assertThat(PageHeader.lsn(file, block * PAGE))
                    .isEqualTo(Lsn.parse(lsns.get(block).get(0)));
        }
    }

    private static ControlFile assertEqualsSql(PostgresServer server, ClusterState state) throws IOException {
        ControlFile file = controlFile(server);
        assertThat(file.version().release()).isEqualTo(server.release().toString());
        assertThat(file.state()).isSameAs(state);
        assertThat(ControlFileSql.system(file)).isEqualTo(function(server, "pg_control_system()"));
        assertThat(ControlFileSql.checkPoint(file)).isEqualTo(function(server, "pg_control_checkpoint()"));
        assertThat(ControlFileSql.recovery(file)).isEqualTo(function(server, "pg_control_recovery()"));
        assertThat(ControlFileSql.init(file)).isEqualTo(function(server, "pg_control_init()"));
        Map<String, String> settings = ControlFileSql.settings(file);
        assertThat(settings)
                .isEqualTo(rows(
                        server,
                        "SELECT name, setting FROM pg_settings WHERE name IN ('"
                                + String.join("', '", settings.keySet()) + "')"));
        assertThat(settings.containsKey("max_wal_senders"))
                .isEqualTo(server.release().isAtLeast(12));
        return file;
    }

    /** Columns have the names of 10 and later: 9.6 says location instead of lsn. */
    private static Map<String, String> function(PostgresServer server, String function) {
        return rows(
                server,
                "SELECT replace(key, '_location', '_lsn'), value FROM json_each_text((SELECT row_to_json(c) FROM "
                        + function + " c))");
    }

    private static Map<String, String> rows(PostgresServer server, String query) {
        return server.query(query).stream().collect(Collectors.toMap(row -> row.get(0), row -> row.get(1)));
    }

    private static ControlFile controlFile(PostgresServer server) throws IOException {
        return ControlFile.parse(Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
    }

    private static Map<String, RelationFile> relationFiles(Path directory, PostgresVersion version) throws IOException {
        Map<String, RelationFile> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            walk.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .forEach(
                            path -> RelationFile.parse(path, version).ifPresent(relation -> files.put(path, relation)));
        }
        return files;
    }

    private static int oid(String digits) {
        return Integer.parseUnsignedInt(digits);
    }
}
