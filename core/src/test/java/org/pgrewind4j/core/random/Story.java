package org.pgrewind4j.core.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgrewind4j.core.random.Scenario.Reading;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** Draws what happens: shared work, failovers, work of each primary of its own, the target's end. */
final class Story {

    private final Draw draw;
    private final List<String> nodes;
    private final ServerRelease release;
    private final Themes themes;
    private final List<Step> steps = new ArrayList<>();
    private final List<Step> afterwards = new ArrayList<>();
    private final List<Step> back = new ArrayList<>();
    /** Of each server that runs, whom it follows; itself if it is a primary. */
    private final Map<String, String> running = new TreeMap<>();

    /** The first number is that of the rows that all clusters begin with. */
    private int step = 2;

    private String main = "A";
    private String source = "A";
    private String target = "";
    private Optional<String> detour = Optional.empty();

    Story(Draw draw, ServerRelease release, List<String> nodes) {
        this.draw = draw;
        this.nodes = nodes;
        this.release = release;
        this.themes = Themes.draw(draw, release);
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    List<Step> afterwards() {
        return List.copyOf(afterwards);
    }

    String target() {
        return target;
    }

    String source() {
        return source;
    }

    /** Whom the target follows afterwards: the source, or its primary. */
    String primary() {
        return main;
    }

    /** A server that the target is rewound to before, without being started. */
    Optional<String> detour() {
        return detour;
    }

    /** What leads to a rewind in the other direction, if there is one. */
    List<Step> back() {
        return List.copyOf(back);
    }

    void tell(Reading reading) {
        nodes.forEach(node -> running.put(node, "A"));
        work("A", draw.number(2, 7));
        int failovers = draw.number(1, nodes.size() - 1);
        for (int i = 0; i < failovers; i++) {
            failOver();
        }
        finish(reading);
        work(afterwards, target, draw.number(3, 6));
        if (draw.percent(25)) {
            comeBack();
        }
    }

    private void work(List<Step> to, String node, int count) {
        for (int i = count; i > 0; i--) {
            to.add(act(node));
            if (draw.percent(40)) {
                to.add(read(node));
            }
        }
    }

    /** The source, stopped by then, continues beside the target, which was promoted. */
    private void comeBack() {
        back.add(new Step.Start(main));
        work(back, main, draw.number(1, 4));
        back.add(draw.percent(50) ? new Step.Stop(main, StopMode.FAST) : new Step.Kill(main, draw.percent(50)));
    }

    private void work(String primary, int count) {
        boolean open = false;
        for (int i = 0; i < count; i++) {
            steps.add(act(primary));
            if (draw.percent(25)) {
                steps.add(new Step.Checkpoint(draw.one(List.copyOf(running.keySet()))));
            }
            if (draw.percent(30)) {
                steps.add(read(draw.one(List.copyOf(running.keySet()))));
            }
            if (draw.percent(8)) {
                steps.add(new Step.Begin(primary, step++, draw.number(0, 999)));
                open = true;
            }
            if (open && draw.percent(30)) {
                steps.add(new Step.End(primary, draw.percent(50)));
            }
            if (draw.percent(themes.restarts())) {
                restart(primary);
            }
        }
    }

    private void restart(String primary) {
        if (draw.percent(50)) {
            steps.add(new Step.Kill(primary, false));
        } else {
            steps.add(new Step.Stop(primary, draw.one(StopMode.FAST, StopMode.IMMEDIATE)));
        }
        steps.add(new Step.Start(primary));
    }

    private Step act(String node) {
        Act act = draw.one(draw.percent(50) ? themes.often() : themes.seldom());
        return new Step.Do(node, act, step++, draw.number(0, 999), draw.number(20, 250));
    }

    private Step read(String node) {
        return new Step.Read(node, draw.percent(70), draw.number(0, 999));
    }

    /** A standby of the main server takes over, which the main server may notice or not. */
    private void failOver() {
        List<String> standbys = standbysOf(main);
        if (standbys.isEmpty()) {
            return;
        }
        String old = main;
        String next = draw.one(standbys);
        List<String> others = standbys.stream()
                .filter(node -> !node.equals(next) && draw.percent(60))
                .toList();
        // They stop before the next primary catches up, so that they are not ahead of it.
        for (String node : others) {
            steps.add(new Step.Stop(node, draw.one(StopMode.FAST, StopMode.IMMEDIATE)));
            running.remove(node);
        }
        if (draw.percent(20)) {
            // It does not catch up: what it lacks is of the abandoned branch from the first.
            steps.add(new Step.CatchUp(next, old));
            steps.add(new Step.Stop(next, StopMode.FAST));
            running.remove(next);
            work(old, draw.number(1, 3));
            steps.add(new Step.StartAlone(next));
            steps.add(new Step.Promote(next));
        } else {
            steps.add(new Step.CatchUp(next, old));
            int end = draw.number(0, 9);
            if (end == 0) {
                steps.add(new Step.Kill(old, false));
                running.remove(old);
            } else if (end == 1) {
                steps.add(new Step.Stop(old, StopMode.FAST));
                running.remove(old);
            }
            steps.add(new Step.Promote(next));
        }
        running.put(next, next);
        main = next;
        for (String node : others) {
            steps.add(new Step.Follow(node, next));
            running.put(node, next);
        }
        goOn(old, next);
    }

    private List<String> standbysOf(String primary) {
        return nodes.stream()
                .filter(node -> !node.equals(primary) && primary.equals(running.get(node)))
                .toList();
    }

    /** Work on both sides, in any order. */
    private void goOn(String old, String next) {
        for (int i = draw.number(1, 4); i > 0; i--) {
            if (running.containsKey(old) && draw.percent(55)) {
                work(old, draw.number(1, 3));
            } else if (!running.containsKey(old) && draw.percent(40)) {
                steps.add(new Step.Start(old));
                running.put(old, old);
            } else {
                work(next, draw.number(1, 3));
            }
        }
    }

    /** Leaves the target in some state, and the source as it is to be read. */
    private void finish(Reading reading) {
        List<String> primaries = running.keySet().stream()
                .filter(node -> node.equals(running.get(node)))
                .toList();
        if (draw.percent(30)) {
            main = draw.one(primaries);
        }
        List<String> apart = nodes.stream()
                .filter(node -> !node.equals(main) && !main.equals(running.get(node)))
                .toList();
        target = draw.one(
                apart.isEmpty() || draw.percent(5)
                        ? nodes.stream().filter(node -> !node.equals(main)).toList()
                        : apart);
        if (running.containsKey(target)) {
            stopTarget(target.equals(running.get(target)));
        }
        if (draw.percent(30)) {
            work(main, draw.number(1, 2));
        }
        drawDetour();
        drawSource(reading);
        if (draw.percent(6)) {
            steps.add(new Step.Forget(main));
        }
        if (reading == Reading.STOPPED) {
            steps.add(new Step.Stop(source, StopMode.FAST));
        }
    }

    private void drawDetour() {
        List<String> others = running.keySet().stream()
                .filter(node -> node.equals(running.get(node)) && !node.equals(main))
                .toList();
        if (!others.isEmpty() && draw.percent(12)) {
            detour = Optional.of(draw.one(others));
        }
    }

    /** A running standby can be read from 14 on. */
    private void drawSource(Reading reading) {
        List<String> standbys = standbysOf(main);
        boolean readable = reading == Reading.STOPPED || release.isAtLeast(14);
        source = readable && !standbys.isEmpty() && draw.percent(35) ? draw.one(standbys) : main;
        if (!source.equals(main) && draw.percent(80)) {
            steps.add(new Step.CatchUp(source, main));
        }
    }

    private void stopTarget(boolean isPrimary) {
        if (!isPrimary) {
            String primary = String.valueOf(running.get(target));
            if (running.containsKey(primary)) {
                steps.add(new Step.CatchUp(target, primary));
            }
        }
        running.remove(target);
        if (isPrimary && draw.percent(6)) {
            steps.add(new Step.Forget(target));
        }
        if (draw.percent(45)) {
            steps.add(new Step.Stop(target, draw.one(StopMode.FAST, StopMode.FAST, StopMode.IMMEDIATE)));
        } else {
            steps.add(new Step.Kill(target, isPrimary && draw.percent(50)));
        }
    }
}
