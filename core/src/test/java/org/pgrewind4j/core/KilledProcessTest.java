package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.DataPath;

/**
 * A process that rewinds is killed at a random moment. Either a server starts on the target as the old primary, with all
 * its rows, or none starts at all, and another process finishes the rewind without the source.
 *
 * <p>{@code -Dpgrewind4j.test.kills=200} kills so often.
 */
class KilledProcessTest {

    private static final int KILLS = Integer.getInteger("pgrewind4j.test.kills", 6);

    /** Each so many kills a server is started on what came out of it, which takes longer than all the rest. */
    private static final int STARTED = 4;

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
                        forEachOfMany("CREATE TABLE many_%s AS SELECT 1 AS id")),
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
        try (RewindProcess undisturbed = start()) {
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

    private static RewindProcess start() throws IOException {
        return RewindProcess.start(target.dataDirectory(), pair.source().dataDirectory());
    }

    private static Path controlFile() {
        return DataPath.CONTROL_FILE.in(target.dataDirectory());
    }

    private static Map<String, String> contents() {
        return TreeState.withoutStaging(target.dataDirectory());
    }

    @Test
    void leavesTheOldPrimaryOrWhatAnotherProcessFinishes() throws Exception {
        Random random = new Random();
        int untouched = 0;
        int halfApplied = 0;
        int done = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            restore.restore();
            String story = killAtRandom(random);
            boolean isStarted = kill % STARTED == 0;
            if (!Files.exists(controlFile())) {
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
        System.out.printf("%d kills: %d untouched, %d half applied, %d done%n", KILLS, untouched, halfApplied, done);
    }

    /** Any moment of a phase is as likely as any other, and one from the seal on is more likely than one before. */
    private static String killAtRandom(Random random) throws Exception {
        List<Phase> aims = List.of(Phase.SCAN, Phase.STAGE, Phase.SEAL, Phase.SEAL, Phase.APPLY, Phase.APPLY);
        Phase phase = aims.get(random.nextInt(aims.size()));
        long after = random.nextLong(phases.get(phase).toNanos() + 1);
        try (RewindProcess process = start()) {
            if (process.awaitPhase(phase)) {
                process.killAfter(after);
            }
        }
        return "killed %d us after the begin of %s".formatted(after / 1000, phase);
    }

    private static void assertNoServerStarts(String story) {
        assertThatThrownBy(target::start).as(story).hasMessageContaining("could not open file \"" + controlFile());
    }

    private static void resume(Random random, String story) throws Exception {
        while (random.nextBoolean()) {
            try (RewindProcess killed = RewindProcess.start(target.dataDirectory(), Path.of("gone"))) {
                if (killed.awaitPhase(Phase.APPLY)) {
                    killed.killAfter(random.nextLong(phases.get(Phase.APPLY).toNanos() + 1));
                }
            }
        }
        try (RewindProcess resumed = RewindProcess.start(target.dataDirectory(), Path.of("gone"))) {
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
