package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.FileAction.RepeatWal;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** What was prepared on a timeline that ended in the same segment is read again from the WAL of that timeline. */
@Tag("server")
class EndedTimelineTest {

    static List<ServerRelease> releases() {
        return List.of(ServerRelease.of("13"), ServerRelease.of("18"));
    }

    /** A standby follows the wrong primary for a while. Its last restartpoint is far behind the shutdown of its first one. */
    @ParameterizedTest
    @MethodSource("releases")
    void transactionThatWasPreparedBeforeAShutdownCanBeCommitted(ServerRelease release) throws IOException {
        try (PostgresServer first = PostgresServer.builder(release)
                .withChecksums()
                .setting("autovacuum", "off")
                .setting("checkpoint_timeout", "1h")
                .setting("max_prepared_transactions", "5")
                .build()) {
            first.initialize();
            first.start();
            first.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) g");
            first.stop(StopMode.FAST);
            try (PostgresServer second = first.copy();
                    PostgresServer standby = first.copy()) {
                second.standbyOf(first);
                standby.standbyOf(first);
                first.start();
                second.start();
                standby.start();
                first.execute(
                        "BEGIN",
                        "INSERT INTO t SELECT g FROM generate_series(1001, 1500) g",
                        "PREPARE TRANSACTION 'p'");
                first.stop(StopMode.FAST);
                first.start();
                first.execute("CREATE TABLE marker (id int)");
                second.catchUpWith(first);
                second.promote();
                first.execute("CREATE TABLE lost (id int)");
                standby.catchUpWith(first);
                standby.stop(StopMode.IMMEDIATE);
                first.stop(StopMode.FAST);
                second.execute("CREATE TABLE gained (id int)");
                second.stop(StopMode.FAST);

                rewind(standby, second);

                second.start();
                standby.standbyOf(second);
                standby.start();
                second.execute("COMMIT PREPARED 'p'");
                standby.catchUpWith(second);
                assertThat(standby.value("SELECT count(*) FROM t")).isEqualTo("1500");
                standby.promote();
                standby.checkpoint();
                assertThat(standby.value("SELECT count(*) FROM t")).isEqualTo("1500");
            }
        }
    }

    private static void rewind(PostgresServer target, PostgresServer source) throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .durability(Durability.NO_SYNC)
                    .verify(Verify.RESULT)
                    .plan();
            assertThat(plan.problems()).isEmpty();
            plan.execute();
            List<RepeatWal> repeated = plan.actions().stream()
                    .filter(RepeatWal.class::isInstance)
                    .map(RepeatWal.class::cast)
                    .toList();
            assertThat(repeated).hasSize(1);
            assertThatOnlySharedWalIsIn(
                    target.dataDirectory(),
                    repeated.get(0),
                    plan.divergence().orElseThrow().position());
        }
    }

    private static void assertThatOnlySharedWalIsIn(Path target, RepeatWal repeated, Lsn end) throws IOException {
        Path file = repeated.path().in(target);
        byte[] bytes = Files.readAllBytes(file);
        int shared = (int) (end.value() % bytes.length);
        byte[] next = Files.readAllBytes(
                file.resolveSibling("00000002" + repeated.path().fileName().substring(8)));
        assertThat(repeated.end()).isEqualTo(end);
        assertThat(bytes).hasSize(next.length);
        assertThat(Arrays.copyOf(bytes, shared)).isEqualTo(Arrays.copyOf(next, shared));
        assertThat(Arrays.copyOfRange(bytes, shared, bytes.length)).containsOnly(0);
        Path status = file.resolveSibling("archive_status");
        assertThat(status.resolve(file.getFileName() + ".done")).isEmptyFile();
        assertThat(status.resolve(file.getFileName() + ".ready")).doesNotExist();
    }
}
