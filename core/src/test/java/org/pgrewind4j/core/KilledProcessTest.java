package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.DataPath;

/**
 * A process that rewinds is killed at a random moment. Either a server starts on the target as the old primary, with
 * all its rows, or none starts at all, and another process finishes the rewind: without the source, but for an
 * execution in place that was killed before its seal.
 *
 * <p>{@code -Dpgrewind4j.test.kills=200} kills so often.
 */
@Tag("server")
class KilledProcessTest {

    private static final int KILLS = Integer.getInteger("pgrewind4j.test.kills", 4);

    /** Each so many kills a server is started on what came out of it, which takes longer than all the rest. */
    private static final int STARTED = 4;

    /** Most kills within so long after the first blocks were overwritten come before the seal. */
    private static final Duration LONGEST_OVERWRITING = Duration.ofMillis(100);

    private static DivergedPair pair;
    private static PostgresServer target;
    private static PostgresServer promoted;
    private static TreeRestore restore;
    private static byte[] oldControlFile;
    private static Map<String, String> finished;
    private static Map<Phase, Duration> phases;

    @BeforeAll
    static void diverge() throws Exception {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.newest()).withChecksums(),
                shared -> shared.execute(
                        "CREATE TABLE t AS SELECT g AS id, 'shared' AS v FROM generate_series(1, 100000) g",
                        "CREATE TABLE dropped AS SELECT g AS id FROM generate_series(1, 1000) g",
                        forEachOfMany("CREATE TABLE many_%s AS SELECT 1 AS id"),
                        // Replay begins here, so that it does not re-create these tables.
                        "CHECKPOINT"),
                old -> old.execute(
                        forEachOfMany("UPDATE many_%s SET id = -id"),
                        "UPDATE t SET v = 'lost' WHERE id % 50 = 1",
                        "CREATE TABLE only_here AS SELECT 1 AS id"),
                now -> now.execute(
                        "DROP TABLE dropped",
                        forEachOfMany("INSERT INTO many_%s SELECT generate_series(2, 1000)"),
                        "UPDATE t SET v = 'new' WHERE id % 50 = 2",
                        "CREATE TABLE later AS SELECT g AS id FROM generate_series(1, 100000) g"));
        target = pair.target().copy();
        restore = new TreeRestore(pair.target().dataDirectory(), target.dataDirectory());
        oldControlFile = Files.readAllBytes(controlFile());
        try (RewindProcess undisturbed = start(CopyMode.STAGED)) {
            phases = undisturbed.phases();
        }
        assertThat(phases).containsKeys(Phase.STAGE, Phase.SEAL, Phase.APPLY);
        finished = contents();
        promoted = pair.copyOfSource();
        promoted.start();
    }

    /** So many files are changed that an apply takes long enough to be hit. */
    private static String forEachOfMany(String statement) {
        return "DO $$ BEGIN FOR i IN 1..400 LOOP EXECUTE format('%s', i); END LOOP; END $$".formatted(statement);
    }

    @AfterAll
    static void close() {
        target.close();
        pair.close();
    }

    private static RewindProcess start(CopyMode mode) throws IOException {
        return RewindProcess.start(target.dataDirectory(), pair.source().dataDirectory(), mode);
    }

    private static Path controlFile() {
        return DataPath.CONTROL_FILE.in(target.dataDirectory());
    }

    private static Map<String, String> contents() {
        return TreeState.withoutStaging(target.dataDirectory());
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheOldPrimaryOrWhatAnotherProcessFinishes(CopyMode mode) throws Exception {
        Random random = new Random();
        int untouched = 0;
        int overwritten = 0;
        int halfApplied = 0;
        int done = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            restore.restore();
            String story = killAtRandom(random, mode);
            boolean isStarted = kill % STARTED == 0;
            if (isOverwritten()) {
                overwritten++;
                assertThat(mode).as(story).isEqualTo(CopyMode.IN_PLACE);
                assertNoServerStarts(story);
                rewindAgain(random, story);
                checkFollows(story, isStarted);
            } else if (!Files.exists(controlFile())) {
                halfApplied++;
                assertNoServerStarts(story);
                resume(random, story);
                checkFollows(story, isStarted);
            } else if (Arrays.equals(Files.readAllBytes(controlFile()), oldControlFile)) {
                untouched++;
                assertOldPrimaryStarts(story);
            } else {
                done++;
                checkFollows(story, isStarted);
            }
        }
        System.out.printf(
                "%d kills, %s: %d untouched, %d overwritten, %d half applied, %d done%n",
                KILLS, mode, untouched, overwritten, halfApplied, done);
    }

    private static boolean isOverwritten() {
        return Rewind.status(target.dataDirectory())
                .filter(status -> status.state() == RewindStatus.State.OVERWRITING)
                .isPresent();
    }

    /** Any moment of a phase is as likely as any other, and one from the seal on is more likely than one before. */
    private static String killAtRandom(Random random, CopyMode mode) throws Exception {
        if (mode == CopyMode.IN_PLACE && random.nextInt(3) == 0) {
            return killOverwriting(random);
        }
        List<Phase> aims = List.of(Phase.SCAN, Phase.STAGE, Phase.SEAL, Phase.SEAL, Phase.APPLY, Phase.APPLY);
        Phase phase = aims.get(random.nextInt(aims.size()));
        long after = random.nextLong(phases.get(phase).toNanos() + 1);
        try (RewindProcess process = start(mode)) {
            if (process.awaitPhase(phase)) {
                process.killAfter(after);
            }
        }
        return String.format(Locale.ROOT, "killed %d us after the start of %s", after / 1000, phase);
    }

    private static String killOverwriting(Random random) throws Exception {
        long after = random.nextLong(LONGEST_OVERWRITING.toNanos());
        try (RewindProcess process = start(CopyMode.IN_PLACE)) {
            if (process.awaitOverwriting()) {
                process.killAfter(after);
            }
        }
        return String.format(Locale.ROOT, "killed %d us after the first blocks were overwritten", after / 1000);
    }

    private static void assertNoServerStarts(String story) {
        assertThatThrownBy(target::start).as(story).hasMessageContaining("could not open file \"" + controlFile());
    }

    /** Any number of kills later, and whatever these have left. */
    private static void rewindAgain(Random random, String story) throws Exception {
        while (random.nextBoolean()) {
            killAtRandom(random, CopyMode.IN_PLACE);
        }
        try (RewindProcess again = start(CopyMode.IN_PLACE)) {
            again.phases();
        }
        assertThat(controlFile()).as(story).exists();
    }

    private static RewindProcess resumption() throws IOException {
        return RewindProcess.start(target.dataDirectory(), Path.of("gone"), CopyMode.STAGED);
    }

    private static void resume(Random random, String story) throws Exception {
        while (random.nextBoolean()) {
            try (RewindProcess killed = resumption()) {
                if (killed.awaitPhase(Phase.APPLY)) {
                    killed.killAfter(random.nextLong(phases.get(Phase.APPLY).toNanos() + 1));
                }
            }
        }
        try (RewindProcess resumed = resumption()) {
            resumed.phases();
        }
        assertThat(controlFile()).as(story).exists();
    }

    private static void assertOldPrimaryStarts(String story) {
        target.start();
        assertThat(target.value("SELECT count(*) FROM t WHERE v = 'lost'"))
                .as(story)
                .isEqualTo("2000");
        assertThat(target.value("SELECT count(*) FROM t")).as(story).isEqualTo("100000");
        assertThat(target.value("SELECT count(*) FROM only_here")).as(story).isEqualTo("1");
        assertThat(target.value("SELECT count(*) FROM dropped")).as(story).isEqualTo("1000");
        target.kill();
    }

    private static void checkFollows(String story, boolean isStarted) {
        assertThat(contents()).as(story).isEqualTo(finished);
        if (!isStarted) {
            return;
        }
        target.standbyOf(promoted);
        target.start();
        target.catchUpWith(promoted);
        for (String table : List.of("t", "later")) {
            String rows = "SELECT md5(string_agg(r::text, ',' ORDER BY r::text)) FROM " + table + " r";
            assertThat(target.value(rows)).as(story + ": " + table).isEqualTo(promoted.value(rows));
        }
        target.stop(StopMode.IMMEDIATE);
    }
}
