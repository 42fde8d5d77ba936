package org.pgrewind4j.core.random;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.random.Scenario.Reading;
import org.pgrewind4j.core.random.Scenario.Way;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/**
 * Scenarios drawn by chance. A rewind may be refused when it is planned; if not, the target must start, follow the
 * source, equal it row by row and page by page, and then serve as a primary of its own.
 *
 * <p>A few seeds run always. By hand: {@code -Dtest=RandomRewindTest -Dpgrewind4j.test.seeds=1-100}
 * {@code -Dpgrewind4j.test.releases=13,15,18}. A failure prints the scenario and what repeats it; with
 * {@code -Dpgrewind4j.test.keep=FOLDER} the data directories stay there. {@code -Dpgrewind4j.test.live=true} takes the seeds
 * for scenarios whose sources all run, are written to without a pause, and keep no WAL that they need not: read by roles that
 * are no superusers, in turn over TCP and a Unix-domain socket, with and without the right to replicate.
 */
@Tag("server")
class RandomRewindTest {

    private static final String SEEDS = System.getProperty("pgrewind4j.test.seeds", "");
    private static final boolean LIVE = Boolean.getBoolean("pgrewind4j.test.live");
    private static final Clusters CLUSTERS = new Clusters();
    private static final Tally TALLY = new Tally();

    static List<Arguments> seeds() {
        return LIVE ? List.of() : seeds(RecordedSeeds::of);
    }

    static List<Arguments> liveSeeds() {
        return SEEDS.isEmpty() || LIVE ? seeds(RecordedSeeds::ofLive) : List.of();
    }

    private static List<Arguments> seeds(Function<ServerRelease, List<Long>> recorded) {
        List<Arguments> all = new ArrayList<>();
        for (ServerRelease release : ServerRelease.all()) {
            for (long seed : SEEDS.isEmpty() ? recorded.apply(release) : Seeds.of(SEEDS)) {
                all.add(Arguments.of(seed, release));
            }
        }
        return all;
    }

    @AfterAll
    static void close() {
        CLUSTERS.close();
        TALLY.print();
    }

    @ParameterizedTest(name = "seed {0} on {1}", allowZeroInvocations = true)
    @MethodSource("seeds")
    void targetEqualsItsSource(long seed, ServerRelease release) throws IOException {
        rewind(ScenarioGenerator.of(seed, release));
    }

    @ParameterizedTest(name = "seed {0} on {1}", allowZeroInvocations = true)
    @MethodSource("liveSeeds")
    void targetEqualsASourceThatIsWrittenToAndKeepsNoWal(long seed, ServerRelease release) throws IOException {
        rewind(ScenarioGenerator.live(seed, release));
    }

    private static void rewind(Scenario scenario) throws IOException {
        long begin = System.nanoTime();
        List<String> done = new ArrayList<>(List.of("start"));
        try (Play play = Play.begin(scenario, CLUSTERS)) {
            try {
                RewindPlan plan = run(scenario, play, done);
                TALLY.passed(scenario, plan, (System.nanoTime() - begin) / 1e9);
            } catch (IOException | RuntimeException | AssertionError e) {
                Kept.failed(scenario, play);
                String failure = "at \"" + done.get(done.size() - 1) + "\": " + e.getMessage() + "\nin " + scenario;
                TALLY.failed(scenario, failure);
                throw new AssertionError(failure, e);
            }
        }
    }

    private static RewindPlan run(Scenario scenario, Play play, List<String> done) throws IOException {
        take(scenario.steps(), play, done);
        PostgresServer target = play.server(scenario.target());
        play.stopOthers(scenario);
        Kept.stopped(scenario, "target", target);
        Kept.stopped(scenario, "source", play.server(scenario.source()));
        if (scenario.detour().isPresent()) {
            done.add("detour");
            Attempt.detour(play, scenario, scenario.detour().orElseThrow()).run();
        }
        done.add("rewind");
        RewindPlan plan = Attempt.of(play, scenario).run();
        TALLY.planned(scenario, plan);
        if (plan.verdict() == Verdict.REFUSED) {
            return plan;
        }
        done.add("comparison");
        follow(play, target, scenario.primary(), scenario.way());
        done.add("promotion");
        target.start();
        play.take(new Step.Promote(scenario.target()));
        take(scenario.afterwards(), play, done);
        done.add("writes to everything");
        Proof.servesAsPrimary(target);
        if (!scenario.back().isEmpty()) {
            goBack(scenario, play, done);
        }
        return plan;
    }

    private static void take(List<Step> steps, Play play, List<String> done) {
        for (Step step : steps) {
            done.add(step.toString());
            play.take(step);
        }
    }

    private static void goBack(Scenario scenario, Play play, List<String> done) throws IOException {
        take(scenario.back(), play, done);
        PostgresServer source = play.server(scenario.target());
        if (scenario.wayBack().reading() == Reading.STOPPED) {
            source.stop(StopMode.FAST);
        }
        Kept.stopped(scenario, "target-back", play.server(scenario.primary()));
        Kept.stopped(scenario, "source-back", source);
        done.add("rewind back");
        RewindPlan plan = Attempt.back(play, scenario).run();
        TALLY.planned(scenario, plan);
        if (plan.verdict() != Verdict.REFUSED) {
            done.add("comparison after the rewind back");
            follow(play, play.server(scenario.primary()), scenario.target(), scenario.wayBack());
        }
    }

    private static void follow(Play play, PostgresServer target, String primary, Way way) {
        Scenario scenario = play.scenario();
        PostgresServer source = play.server(primary);
        boolean configured = way.configured();
        if (scenario.isLiveOnly()) {
            if (!configured) {
                target.standbyOf(source);
            }
            play.restoreFromArchive(target, primary);
            configured = true;
        }
        Proof.followsAndEquals(target, source, configured, scenario.checksums());
    }
}
