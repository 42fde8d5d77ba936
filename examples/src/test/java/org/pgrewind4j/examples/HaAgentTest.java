package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.examples.HaAgent.Next;
import org.pgrewind4j.testkit.ControlFileBuilder;
import org.pgrewind4j.testkit.transport.FailingTransport;
import org.pgrewind4j.testkit.transport.MemoryTransport;
import org.pgrewind4j.testkit.transport.TransportCall;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

class HaAgentTest {

    private final List<String> log = new ArrayList<>();

    @Test
    void decidesByKindsOfProblems() {
        assertThat(HaAgent.next(Verdict.REWIND, List.of())).isEqualTo(Next.START_AS_STANDBY);
        assertThat(HaAgent.next(Verdict.REFUSED, problems(Problem.Kind.TARGET_RUNNING)))
                .isEqualTo(Next.TRY_AGAIN);
        assertThat(HaAgent.next(Verdict.REFUSED, problems(Problem.Kind.TARGET_RUNNING, Problem.Kind.DIFFERENT_SYSTEM)))
                .isEqualTo(Next.RE_CREATE);
    }

    private static List<Problem> problems(Problem.Kind... kinds) {
        return List.of(kinds).stream()
                .map(kind -> new Problem(kind, "message", "cure"))
                .toList();
    }

    /** Neither side is a cluster: a control file and a transport from the test kit are enough. */
    @Test
    void triesAgainWhenTheSourceCannotBeReached(@TempDir Path oldPrimary) throws IOException {
        ControlFile controlFile = ControlFileBuilder.of(PostgresVersion.V17).build();
        Path place = DataPath.CONTROL_FILE.in(oldPrimary);
        Files.createDirectories(place.getParent());
        Files.write(place, controlFile.toBytes());
        Transport source = FailingTransport.of(MemoryTransport.of(controlFile)).at(TransportCall.CONTROL_FILE);

        assertThat(agent(oldPrimary).turn(source)).isEqualTo(Next.TRY_AGAIN);
        assertThat(log).last().asString().contains("failure for a test at CONTROL_FILE");
        assertThat(Files.readAllBytes(place)).isEqualTo(controlFile.toBytes());
    }

    @Test
    @Tag("server")
    void rewindsADivergedPrimaryAndFindsItDoneTheNextTime() throws IOException {
        try (Failover pair = Failover.diverged(ServerRelease.newest());
                Transport source = LocalDirectoryTransport.open(pair.standby().dataDirectory())) {
            HaAgent agent = agent(pair.primary().dataDirectory());

            assertThat(agent.turn(source)).isEqualTo(Next.START_AS_STANDBY);
            assertThat(log)
                    .contains("STAGE", "APPLY")
                    .last()
                    .asString()
                    .startsWith("{")
                    .contains("REWIND");
            log.clear();
            assertThat(agent.turn(source)).isEqualTo(Next.START_AS_STANDBY);
            assertThat(log).noneMatch(line -> line.startsWith("{"));
        }
    }

    private HaAgent agent(Path oldPrimary) {
        return new HaAgent(oldPrimary, Duration.ofMinutes(5), log::add);
    }
}
