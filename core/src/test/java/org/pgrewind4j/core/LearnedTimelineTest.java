package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.LiveServerTransport;
import org.pgrewind4j.transport.Transport;

class LearnedTimelineTest {

    private static RewindPlan plan(PostgresServer target, PostgresServer source) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (Transport transport =
                LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login).open()) {
            return Rewind.of(target.dataDirectory()).from(transport).plan();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"14", "18"})
    void idleStandbyThatHasLeftTheTargetsTimelineIsNotTakenForOneOnIt(String release) throws IOException {
        try (PostgresServer primary = PostgresServer.builder(ServerRelease.of(release))
                .withChecksums()
                .setting("autovacuum", "off")
                // A page that it writes would tell.
                .setting("bgwriter_lru_maxpages", "0")
                .build()) {
            primary.initialize();
            primary.start();
            primary.stop(StopMode.FAST);
            try (PostgresServer promoted = primary.copy();
                    PostgresServer source = primary.copy()) {
                promoted.standbyOf(primary);
                source.standbyOf(primary);
                primary.start();
                promoted.start();
                source.start();
                primary.execute("CREATE TABLE shared (id int)");
                promoted.catchUpWith(primary);
                source.catchUpWith(primary);
                source.stop(StopMode.FAST);
                promoted.promote();
                primary.execute("CREATE TABLE abandoned (id int)");
                primary.stop(StopMode.FAST);
                source.standbyOf(promoted);
                source.start();
                source.catchUpWith(promoted);

                RewindPlan early = plan(primary, source);

                assertThat(early.verdict()).isEqualTo(Verdict.REFUSED);
                assertThat(early.problems()).singleElement().satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(Kind.SOURCE_UNUSABLE);
                    assertThat(problem.message())
                            .startsWith("the source has begun to follow timeline 2, which leaves timeline 1 at ");
                });

                promoted.checkpoint();
                source.catchUpWith(promoted);
                source.checkpoint();
                RewindPlan late = plan(primary, source);

                assertThat(late.verdict()).as(late.problems().toString()).isEqualTo(Verdict.REWIND);
                assertThat(late.replayEnd().orElseThrow()).isGreaterThan(Lsn.INVALID);
            }
        }
    }
}
