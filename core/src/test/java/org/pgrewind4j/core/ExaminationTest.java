package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerTransport;

@Tag("server")
class ExaminationTest {

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void tellsWhatAPlanWouldWithoutAListOfFiles(String release) throws IOException {
        try (Failover failover = Failover.of(PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("autovacuum", "off")
                .build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t (id int)");
            PostgresServer promoted = failover.promoteStandby();
            Properties login = new Properties();
            login.setProperty("user", PostgresServer.USER);
            try (Transport live = LiveServerTransport.ofJdbcUrl(promoted.jdbcUrl("postgres"), login)
                    .open()) {
                Rewind rewind = Rewind.of(old.dataDirectory()).from(new Unlisted(live));

                Examination running = rewind.examine();
                assertThat(running.verdict()).isEqualTo(Verdict.REFUSED);
                assertThat(running.problems()).extracting(Problem::kind).containsExactly(Kind.TARGET_RUNNING);

                old.execute("INSERT INTO t VALUES (1)");
                old.stop(StopMode.FAST);
                Examination diverged = rewind.examine();
                RewindPlan plan = Rewind.of(old.dataDirectory()).from(live).plan();
                assertThat(diverged.verdict()).isEqualTo(Verdict.REWIND).isEqualTo(plan.verdict());
                assertThat(diverged.problems()).isEmpty();
                assertThat(diverged.divergence()).isEqualTo(plan.divergence());
                assertThat(diverged.divergence()).map(Divergence::kind).contains(Divergence.Kind.TARGET_IS_ANCESTOR);
                assertThat(diverged.target().orElseThrow().timeline()).isEqualTo(new TimelineId(1));
                assertThat(diverged.source().orElseThrow().timeline()).isEqualTo(new TimelineId(2));

                plan.execute();
                assertThat(rewind.examine().verdict()).isEqualTo(Verdict.ALREADY_REWOUND);
            }
        }
    }

    /** A source whose files nobody may ask for. */
    private static final class Unlisted extends PassingSource {

        Unlisted(Transport source) {
            super(source);
        }

        @Override
        public void list(Set<DataPath> closed, SourceFileVisitor visitor) {
            throw new AssertionError("files were listed");
        }
    }
}
