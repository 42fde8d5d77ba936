package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;

/** Both servers summarize their WAL for incremental backups. */
@Tag("server")
class SummarizedWalTest {

    @Test
    void rewoundTargetHasTheSummariesOfTheSource() throws IOException {
        try (DivergedPair pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.of("18")).withChecksums().setting("summarize_wal", "on"),
                first -> first.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g"),
                shared -> summarize(shared, 1),
                old -> {
                    old.execute("UPDATE t SET id = -id");
                    summarize(old, 1);
                },
                promoted -> {
                    promoted.execute("INSERT INTO t VALUES (5000)");
                    summarize(promoted, 2);
                })) {
            PostgresServer target = pair.target();
            Set<String> before = summaries(target);
            Set<String> ofSource = summaries(pair.source());
            assertThat(ofSource).doesNotContainAnyElementsOf(abandoned(before, ofSource));
            assertThat(abandoned(before, ofSource)).isNotEmpty();

            Rewound rewound = Rewound.of(target, pair.source(), BlockSelection.MINIMAL);

            assertThat(summaries(target)).isEqualTo(ofSource);
            rewound.startAndCompare();
        }
    }

    private static Set<String> abandoned(Set<String> target, Set<String> source) {
        return target.stream().filter(name -> !source.contains(name)).collect(Collectors.toSet());
    }

    private static Set<String> summaries(PostgresServer server) throws IOException {
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal/summaries"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    /** Waits for a summary of all WAL up to a checkpoint. */
    private static void summarize(PostgresServer server, int timeline) {
        server.checkpoint();
        String done = "SELECT count(*) FROM pg_available_wal_summaries(), pg_control_checkpoint() c WHERE tli = "
                + timeline + " AND end_lsn >= c.redo_lsn";
        for (int i = 0; i < 6000 && server.value(done).equals("0"); i++) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(server.value(done)).as("summaries").isNotEqualTo("0");
    }
}
