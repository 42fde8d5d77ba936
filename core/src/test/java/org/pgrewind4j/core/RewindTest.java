package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** The main path with real servers: a failover, a divergence, a rewind, and a standby that follows. */
@Tag("server")
class RewindTest {

    static java.util.List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void oldPrimaryFollowsAfterRewind(ServerRelease release) throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(release).withChecksums().build())) {
            PostgresServer old = failover.primary();
            old.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, v text)",
                    "INSERT INTO t SELECT g, 'shared' FROM generate_series(1, 1000) g");
            PostgresServer promoted = failover.promoteStandby();
            old.execute(
                    "INSERT INTO t SELECT g, 'lost' FROM generate_series(1001, 2000) g",
                    "UPDATE t SET v = 'lost' WHERE id % 7 = 0");
            promoted.execute("UPDATE t SET v = 'new' WHERE id % 5 = 0", "INSERT INTO t VALUES (5000, 'new')");
            old.stop(StopMode.FAST);
            promoted.stop(StopMode.FAST);

            try (LocalDirectoryTransport source = LocalDirectoryTransport.open(promoted.dataDirectory())) {
                RewindPlan plan = Rewind.of(old.dataDirectory()).from(source).plan();
                assertThat(plan.verdict()).as(plan.problems().toString()).isEqualTo(Verdict.REWIND);
                RewindReport report = plan.execute();
                assertThat(report.verdict()).isEqualTo(Verdict.REWIND);
                assertThat(Rewind.of(old.dataDirectory()).from(source).plan().verdict())
                        .isEqualTo(Verdict.ALREADY_REWOUND);
            }

            promoted.start();
            old.standbyOf(promoted);
            old.start();
            promoted.execute("INSERT INTO t VALUES (5001, 'later')");
            old.catchUpWith(promoted);
            String contents = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM t";
            assertThat(old.value(contents)).isEqualTo(promoted.value(contents));
            assertThat(old.value("SELECT count(*) FROM t WHERE v = 'lost'")).isEqualTo("0");
        }
    }
}
