package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Paths of which replay, or the other side, thinks otherwise: tablespaces' locations, and numbers of relations. */
@Tag("server")
class ReplayedPathsTest {

    private static final int ROWS_OF_MANY_BLOCKS = 20_000;

    @TempDir
    Path spaces;

    private static PostgresServerBuilder builder(ServerRelease release) {
        return PostgresServer.builder(release).withChecksums();
    }

    private Path space(String name) throws IOException {
        return Files.createDirectory(spaces.resolve(name));
    }

    private static String createTablespace(String name, Path location) {
        return "CREATE TABLESPACE " + name + " LOCATION '" + location + "'";
    }

    private static void run(PostgresServer target, PostgresServer source) {
        source.start();
        target.standbyOf(source);
        target.start();
        target.catchUpWith(source);
    }

    @Test
    void tablespaceThatTheOldPrimaryDroppedComesBackWhereItIsMappedTo() throws IOException {
        Path location = space("shared");
        try (DivergedPair pair = DivergedPair.of(
                builder(ServerRelease.of("17")),
                first -> first.execute(
                        createTablespace("space", location),
                        "CREATE TABLE placed TABLESPACE space AS SELECT generate_series(1, 1000) AS id"),
                shared -> shared.execute("CREATE TABLE t (id int)"),
                old -> old.execute("DROP TABLE placed", "DROP TABLESPACE space"),
                promoted -> promoted.execute("INSERT INTO placed VALUES (-1)"))) {
            Path ofSource = tablespaceOf(pair.source());
            Path mapped = spaces.resolve("deep/mapped");
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                Rewind rewind = Rewind.of(pair.target().dataDirectory()).from(source);
                assertThat(rewind.newTablespaces(TablespacePolicy.anywhere())
                                .plan()
                                .problems())
                        .containsExactly(new Problem(
                                Kind.TABLESPACE_LOCATION_IN_USE,
                                "the new tablespace \"" + link(pair.source()) + "\" would lie in \"" + ofSource
                                        + "\", which is not empty, or is in use",
                                "map the tablespace to a directory of its own, or empty that directory if it is this"
                                        + " target's."));
                rewind.mapTablespace(ofSource, mapped).plan().execute();
            }
            run(pair.target(), pair.source());

            assertThat(tablespaceOf(pair.target())).isEqualTo(mapped);
            assertThat(pair.target().value("SELECT count(*) FROM placed")).isEqualTo("1001");
        }
    }

    private static String link(PostgresServer server) throws IOException {
        try (var links = Files.list(server.dataDirectory().resolve("pg_tblspc"))) {
            return "pg_tblspc/" + links.findFirst().orElseThrow().getFileName();
        }
    }

    private static Path tablespaceOf(PostgresServer server) throws IOException {
        return Files.readSymbolicLink(server.dataDirectory().resolve(link(server)));
    }

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    @Test
    void tablespaceThatReplayCreatesWhereTheSourceHasItIsRefused() throws IOException {
        Path location = space("new");
        try (DivergedPair pair = DivergedPair.of(
                builder(ServerRelease.of("17")),
                shared -> shared.execute("CREATE TABLE t (id int)"),
                old -> old.execute("INSERT INTO t VALUES (1)"),
                promoted -> promoted.execute(
                        createTablespace("space", location),
                        "CREATE TABLE placed TABLESPACE space AS SELECT generate_series(1, 1000) AS id"))) {
            String oid = link(pair.source()).substring("pg_tblspc/".length());
            Path mapped = spaces.resolve("mapped");
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                Problem problem = Refused.problems(Rewind.of(pair.target().dataDirectory())
                                .from(source)
                                .mapTablespace(location, mapped))
                        .get(0);

                assertThat(problem.kind()).isEqualTo(Kind.TABLESPACE_MOVED_BY_REPLAY);
                assertThat(problem.message())
                        .matches("tablespace " + oid + " was created at [0-9A-F]+/[0-9A-F]+ in \"" + location
                                + "\": replay creates it there again, and not in \"" + mapped + "\"");
                assertThat(problem.cure())
                        .isEqualTo("rewind without mapping it, where that directory is free; or drop the tablespace on"
                                + " the source.");
            }
            assertThat(mapped).doesNotExist();
        }
    }

    /**
     * Both sides give the next relation the same number. An unlogged one leaves garbage where replay of the other, which
     * extends its file by blocks that it does not log, expects nothing.
     */
    @ParameterizedTest
    @MethodSource("releases")
    void relationThatHasTheNumberOfAnUnloggedOneOnTheTarget(ServerRelease release) throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                builder(release),
                shared -> {},
                old -> old.execute(
                        "CREATE UNLOGGED TABLE mine (id int)",
                        "INSERT INTO mine SELECT -g FROM generate_series(1, " + ROWS_OF_MANY_BLOCKS + ") g"),
                promoted -> {
                    promoted.execute("CREATE TABLE yours (id int)");
                    // Extended by blocks that were never written: like those that an insert reserves for others.
                    promoted.execute("INSERT INTO yours SELECT generate_series(1, 1000)");
                })) {
            PostgresServer target = pair.target();
            PostgresServer source = pair.source();
            source.start();
            String file = source.value("SELECT pg_relation_filepath('yours')");
            appendZeros(source.dataDirectory().resolve(file));
            source.stop(StopMode.FAST);
            assertThat(target.dataDirectory().resolve(file + "_init")).exists();

            Rewound.of(target, source, BlockSelection.MINIMAL);
            run(target, source);

            assertThat(target.query("SELECT count(*), min(id), max(id) FROM yours"))
                    .isEqualTo(List.of(List.of("1000", "1", "1000")));
        }
    }

    private static void appendZeros(Path file) throws IOException {
        try (var open = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            open.write(java.nio.ByteBuffer.allocate(8 * 8192), open.size());
        }
    }
}
