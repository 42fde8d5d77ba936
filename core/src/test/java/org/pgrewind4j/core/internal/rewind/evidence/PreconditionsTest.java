package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.control.ControlFile;

/** What forbids a rewind is found before anything is touched, all of it at once; nothing to do is a result. */
@Tag("server")
class PreconditionsTest {

    private static final ServerRelease RELEASE = ServerRelease.of("17");
    private static final long NOBODY = 4_194_303;

    private static DivergedPair pair;

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(builder());
    }

    private static PostgresServerBuilder builder() {
        return PostgresServer.builder(RELEASE).withoutChecksums().setting("wal_log_hints", "on");
    }

    @AfterEach
    void closeCopies() {
        pair.closeCopies();
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @Test
    void allowsWhatHasNoProblem() throws IOException {
        assertThat(plan(pair.target(), pair.source()).verdict()).isEqualTo(Verdict.REWIND);
    }

    @Test
    void refusesAnotherSystemOfAnotherRelease() throws IOException {
        try (PostgresServer other =
                PostgresServer.builder(ServerRelease.of("16")).withChecksums().build()) {
            other.initialize();
            RewindPlan plan = plan(other, pair.source());

            assertThat(kinds(plan)).contains(Kind.DIFFERENT_SYSTEM, Kind.DIFFERENT_RELEASE, Kind.DIFFERENT_LAYOUT);
            assertThat(plan.problems())
                    .anySatisfy(problem -> assertThat(problem.message())
                            .isEqualTo("the clusters are of different releases: PostgreSQL 16 on the target, 17 on the"
                                    + " source"));
            assertThatThrownBy(plan::execute)
                    .isInstanceOfSatisfying(
                            RewindRefusedException.class,
                            e -> assertThat(e.problems()).isEqualTo(plan.problems()));
        }
    }

    @Test
    void refusesAnotherWalSegmentSize() throws IOException {
        try (PostgresServer other = builder().walSegmentMegabytes(1).build()) {
            other.initialize();

            assertThat(plan(other, pair.source()).problems())
                    .anySatisfy(problem -> assertThat(problem.message())
                            .isEqualTo("the clusters differ in WAL segment size: 1048576 on the target, 16777216 on"
                                    + " the source"));
        }
    }

    @Test
    void refusesATargetWhoseHintBitsAreNotLogged() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        patch(target, controlFile(target).patch().walLogHintsOff().build());

        RewindPlan plan = plan(target, pair.source());

        assertThat(kinds(plan)).containsExactly(Kind.HINT_BITS_NOT_LOGGED);
        assertThat(plan.problems().get(0).message())
                .isEqualTo("the target has neither data checksums nor wal_log_hints = on");
    }

    @Test
    void refusesATargetThatIsHalfRestored() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        patch(
                target,
                controlFile(target).patch().backupEndPoint(Lsn.parse("9/0")).build());

        assertThat(kinds(plan(target, pair.source()))).containsExactly(Kind.TARGET_NOT_CONSISTENT);
    }

    @Test
    void refusesATargetWithABackupLabel() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        Files.writeString(target.dataDirectory().resolve("backup_label"), "BACKUP METHOD: streamed\n");

        assertThat(kinds(plan(target, pair.source()))).containsExactly(Kind.BACKUP_LABEL_PRESENT);
    }

    @Test
    void refusesATargetThatEndsBeforeItsControlFile() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        ControlFile controlFile = controlFile(target);
        patch(
                target,
                controlFile
                        .patch()
                        .minRecoveryPoint(controlFile.checkPoint().plus(4096), new TimelineId(1))
                        .build());

        assertThat(kinds(plan(target, pair.source()))).containsExactly(Kind.WAL_ENDS_EARLY);
    }

    @Test
    void refusesServersThatRunOnBothSides() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        target.start();
        source.start();

        assertThat(kinds(plan(target, source))).contains(Kind.TARGET_RUNNING, Kind.SOURCE_NOT_STOPPED);
    }

    @Test
    void refusesASourceThatCrashed() throws IOException {
        PostgresServer source = pair.copyOfSource();
        source.start();
        source.kill();

        assertThat(kinds(plan(pair.target(), source))).containsExactly(Kind.SOURCE_NOT_STOPPED);
    }

    @Test
    void takesNoNoticeOfTheIdOfAProcessThatIsGone() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        Path stale = target.dataDirectory().resolve("postmaster.pid");
        Files.writeString(stale, NOBODY + "\n" + target.dataDirectory() + "\n1700000000\n5432\n\n127.0.0.1\n");

        assertThat(plan(target, pair.source()).verdict()).isEqualTo(Verdict.REWIND);
    }

    @Test
    void namesTheWalThatTheScanLacks() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        List<String> removed = removeWal(target, "00000001");

        RewindPlan plan = plan(target, pair.source());

        assertThat(kinds(plan)).containsExactly(Kind.WAL_MISSING_FOR_SCAN);
        assertThat(removed)
                .anySatisfy(name -> assertThat(plan.problems().get(0).message()).contains(name));
    }

    @Test
    void namesTheWalThatReplayLacksUnlessItCanBeRestored() throws IOException {
        PostgresServer source = pair.copyOfSource();
        List<String> removed = removeWal(source, "00000002");

        RewindPlan plan = plan(pair.target(), source);

        assertThat(kinds(plan)).containsExactly(Kind.WAL_MISSING_FOR_REPLAY);
        assertThat(removed)
                .anySatisfy(name -> assertThat(plan.problems().get(0).message()).contains(name));
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            assertThat(Rewind.of(pair.target().dataDirectory())
                            .from(transport)
                            .restorable(segment -> true)
                            .plan()
                            .verdict())
                    .isEqualTo(Verdict.REWIND);
        }
    }

    @Test
    void refusesAFileWhereTheSourceHasADirectory() throws IOException {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        Files.writeString(target.dataDirectory().resolve("either"), "a file");
        Files.createDirectory(source.dataDirectory().resolve("either"));

        RewindPlan plan = plan(target, source);

        assertThat(kinds(plan)).containsExactly(Kind.FILE_TYPE_DIFFERS);
        assertThat(plan.problems().get(0).message())
                .isEqualTo("\"either\" is a directory on the source and a file on the target");
    }

    @Test
    void findsNothingToDoOnTheSameTimeline() throws IOException {
        RewindPlan plan = plan(pair.copyOfTarget(), pair.target());

        assertThat(plan.verdict()).isEqualTo(Verdict.NOT_NEEDED);
        assertThat(plan.execute().bytes().total()).isZero();
    }

    @Test
    void findsAnotherHistoryBehindTheSameTimeline() throws IOException {
        PostgresServer one = pair.copyOfTarget();
        PostgresServer other = pair.copyOfTarget();
        one.start();
        one.execute("CREATE TABLE of_one (id int)");
        one.stop(StopMode.FAST);
        other.start();
        other.execute("CREATE TABLE of_the_other (id int)", "INSERT INTO of_the_other VALUES (1)");
        other.stop(StopMode.FAST);

        assertThat(kinds(plan(one, other))).containsExactly(Kind.HISTORY_DIFFERS);
    }

    @Test
    void letsATargetFollowThatWroteNothingAlone() throws IOException {
        try (Failover failover = Failover.of(builder().build())) {
            failover.primary().execute("CREATE TABLE t (id int)");
            failover.primary().stop(StopMode.FAST);
            failover.standby().promote();
            failover.standby().stop(StopMode.FAST);

            RewindPlan plan = plan(failover.primary(), failover.standby());

            assertThat(plan.verdict()).isEqualTo(Verdict.CAN_FOLLOW);
            assertThat(plan.execute().bytes().total()).isZero();
        }
    }

    private static RewindPlan plan(PostgresServer target, PostgresServer source) throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            return Rewind.of(target.dataDirectory()).from(transport).plan();
        }
    }

    private static List<Kind> kinds(RewindPlan plan) {
        assertThat(plan.problems())
                .allSatisfy(problem -> assertThat(problem.cure()).isNotEmpty());
        return plan.problems().stream().map(Problem::kind).toList();
    }

    private static ControlFile controlFile(PostgresServer server) throws IOException {
        return ControlFile.parse(Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
    }

    private static void patch(PostgresServer server, ControlFile controlFile) throws IOException {
        Files.write(server.dataDirectory().resolve("global/pg_control"), controlFile.toBytes());
    }

    /** Removes a timeline's segments; returns their names. */
    private static List<String> removeWal(PostgresServer server, String timeline) throws IOException {
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal"))) {
            List<Path> segments = files.filter(
                            file -> file.getFileName().toString().length() == 24)
                    .filter(file -> file.getFileName().toString().startsWith(timeline))
                    .toList();
            for (Path segment : segments) {
                Files.delete(segment);
            }
            return segments.stream()
                    .map(segment -> segment.getFileName().toString())
                    .toList();
        }
    }
}
