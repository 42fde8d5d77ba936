package org.pgrewind4j.core.internal.rewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** A source chooses where a tablespace lies; the target's owner has the last word. */
@Tag("server")
class NewTablespacesTest {

    @TempDir
    static Path spaces;

    static List<ServerRelease> releases() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    /** The source's tablespace is one that the target has dropped; both are in folders of their own. */
    private static DivergedPair pair(ServerRelease release, Path location) {
        return DivergedPair.of(
                PostgresServer.builder(release).withChecksums(),
                first -> first.execute(
                        "CREATE TABLESPACE space LOCATION '" + location + "'",
                        "CREATE TABLE placed TABLESPACE space AS SELECT generate_series(1, 1000) AS id"),
                shared -> {},
                old -> old.execute("DROP TABLE placed", "DROP TABLESPACE space"),
                promoted -> promoted.execute("INSERT INTO placed VALUES (-1)"));
    }

    private static Path link(PostgresServer server) throws IOException {
        try (Stream<Path> links = Files.list(server.dataDirectory().resolve("pg_tblspc"))) {
            return links.findFirst().orElseThrow();
        }
    }

    private static Path lostAndFound(Path directory) throws IOException {
        Path lost = Files.createDirectory(directory.resolve("lost+found"));
        Files.createFile(lost.resolve("file"));
        Files.setPosixFilePermissions(lost, Set.of());
        return lost;
    }

    @ParameterizedTest
    @MethodSource("releases")
    void liesWhereTheCallerPermitsItAndNothingElseIsTouched(ServerRelease release) throws IOException {
        Path location = Files.createDirectory(spaces.resolve("of-" + release));
        try (DivergedPair pair = pair(release, location)) {
            PostgresServer target = pair.target();
            PostgresServer source = pair.source();
            Path ofSource = Files.readSymbolicLink(link(source));
            String path = "pg_tblspc/" + link(source).getFileName();
            Path hostile = Files.createDirectory(ofSource.resolve(".ssh")).resolve("authorized_keys");
            Files.createFile(hostile);
            lostAndFound(ofSource);
            lostAndFound(source.dataDirectory());
            Path lost = lostAndFound(target.dataDirectory());
            Path mapped = Files.createDirectories(spaces.resolve("mapped-" + release + "/space"));
            Path lostInSpace = lostAndFound(mapped);
            source.start();
            Properties login = new Properties();
            login.setProperty("user", PostgresServer.USER);
            try (LiveServerTransport transport = LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login)
                    .open()) {
                Rewind rewind = Rewind.of(target.dataDirectory())
                        .from(transport)
                        .durability(Durability.NO_SYNC)
                        .verify(Verify.RESULT);

                assertThat(rewind.plan().problems())
                        .containsExactly(new Problem(
                                Kind.NEW_TABLESPACE_LOCATION,
                                "the source has a new tablespace \"" + path + "\" in \"" + ofSource
                                        + "\", where the target has none",
                                "map the tablespace to a directory, or permit new tablespaces below a directory that"
                                        + " holds this one."));
                assertThat(rewind.newTablespaces(TablespacePolicy.below(mapped))
                                .plan()
                                .problems())
                        .hasSize(1);
                rewind.mapTablespace(ofSource, mapped).plan().execute();
            }
            target.standbyOf(source);
            target.start();
            target.catchUpWith(source);

            assertThat(target.value("SELECT count(*) FROM placed")).isEqualTo("1001");
            assertThat(mapped.resolve(".ssh")).doesNotExist();
            assertThat(lost.resolve("file")).exists();
            assertThat(lostInSpace.resolve("file")).exists();
        }
    }

    /** What the source wrote since it was copied is in its own files alone. */
    @Test
    void noneIsSharedWithASourceOnTheSameMachine() throws IOException {
        Path location = Files.createDirectory(spaces.resolve("shared"));
        try (DivergedPair pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.newest()).withChecksums(),
                first -> first.execute(
                        "CREATE TABLESPACE space LOCATION '" + location + "'",
                        "CREATE TABLE placed TABLESPACE space AS SELECT generate_series(1, 1000) AS id"),
                shared -> {},
                old -> old.execute("INSERT INTO placed VALUES (0)"),
                promoted -> promoted.execute("INSERT INTO placed VALUES (-1)"))) {
            Path link = link(pair.target());
            Path ofSource = Files.readSymbolicLink(link(pair.source()));
            Files.delete(link);
            Files.createSymbolicLink(link, ofSource);
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                String path = "pg_tblspc/" + link.getFileName();

                assertThat(Rewind.of(pair.target().dataDirectory())
                                .from(source)
                                .newTablespaces(TablespacePolicy.anywhere())
                                .plan()
                                .problems())
                        .containsExactly(new Problem(
                                Kind.TABLESPACE_LOCATION_IN_USE,
                                "the target's \"" + path + "\" and the source's \"" + path
                                        + "\" are the same directory, \"" + ofSource.toRealPath() + "\"",
                                "give the target a copy of that directory, and let its link lead there."));
            }
        }
    }
}
