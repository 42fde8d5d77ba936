package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;

/** Pages that a source was just writing when they were read. */
@Tag("server")
class TornPageTest {

    private static final int ATTEMPTS = 11;

    private static DivergedPair pair;
    private static DataPath table;

    @AutoClose
    private final OpenSources sources = new OpenSources();

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.of("17")).withChecksums().walSegmentMegabytes(1),
                first -> first.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g"),
                shared -> {},
                old -> {
                    old.execute("UPDATE t SET id = -id");
                    table = DataPath.of(old.value("SELECT pg_relation_filepath('t')"));
                },
                promoted -> promoted.execute("INSERT INTO t VALUES (5000)"));
    }

    @AfterEach
    void closeCopies() {
        pair.closeCopies();
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    private void rewind(PostgresServer target, TearingSource source) {
        Rewind.of(target.dataDirectory())
                .from(source)
                .durability(Durability.NO_SYNC)
                .plan()
                .execute();
    }

    private TearingSource tearing(int times) throws IOException {
        return new TearingSource(sources.open(pair.source()), table, times);
    }

    /** A page that came later than the end of replay would be one of the future. */
    @Test
    void isFetchedAgainBeforeTheEndOfReplayIsAskedFor() throws IOException {
        PostgresServer torn = pair.copyOfTarget();
        PostgresServer whole = pair.copyOfTarget();
        TearingSource source = tearing(2);

        rewind(torn, source);
        rewind(whole, tearing(0));

        // The first question is the plan's.
        assertThat(source.calls()).containsExactly("end", "page", "page", "page", "end");
        assertThat(torn.dataDirectory().resolve(table.toString()))
                .hasSameBinaryContentAs(whole.dataDirectory().resolve(table.toString()));
    }

    @Test
    void isDamagedIfItStaysSo() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        Map<String, String> before = TreeState.contents(target.dataDirectory());
        TearingSource source = tearing(Integer.MAX_VALUE);

        assertThatThrownBy(() -> rewind(target, source))
                .isInstanceOf(RewindException.class)
                .hasMessageContaining("the source's file \"" + table
                        + "\" has a bad page checksum in block 0 of the file," + " read " + ATTEMPTS + " times");

        assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(before);
    }
}
