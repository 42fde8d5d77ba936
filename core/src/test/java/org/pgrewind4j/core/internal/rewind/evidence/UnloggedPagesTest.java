package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Rewound;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** Pages that the target changed after the divergence without a record that names them. */
@Tag("server")
class UnloggedPagesTest {

    static List<ServerRelease> oldestAndNewest() {
        List<ServerRelease> releases = ServerRelease.all();
        return List.of(releases.get(0), releases.get(releases.size() - 1));
    }

    /** The metapage names the pages that were last inserted into. It is changed without a record. */
    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void metapageOfSpGistNamesNoBlockBehindTheEndOfTheFile(ServerRelease release) throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                PostgresServer.builder(release).withChecksums().setting("autovacuum", "off"),
                shared -> shared.execute(
                        "CREATE TABLE t (id int, place point)",
                        "CREATE INDEX t_place ON t USING spgist (place)",
                        "INSERT INTO t SELECT g, point(g % 100, g / 100) FROM generate_series(1, 3000) g",
                        "CHECKPOINT"),
                old -> old.execute(
                        "INSERT INTO t SELECT g, point(g % 173, g / 173) FROM generate_series(3001, 60000) g"),
                promoted -> promoted.execute("INSERT INTO t VALUES (-1, point(-1, -1))"))) {
            PostgresServer target = pair.target();
            PostgresServer source = pair.source();
            Rewound.of(target, source, BlockSelection.MINIMAL);
            source.start();
            target.standbyOf(source);
            target.start();
            target.catchUpWith(source);
            source.stop(StopMode.FAST);
            target.promote();

            target.execute(
                    "INSERT INTO t SELECT g, point(g % 191, g / 191) FROM generate_series(60001, 70000) g",
                    "SET enable_seqscan = off");

            assertThat(target.value("SELECT count(*) FROM t")).isEqualTo("13001");
        }
    }
}
