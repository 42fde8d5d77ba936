package org.pgrewind4j.core.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindPlan;

/** What a run of many scenarios came to, printed as it proceeds. */
final class Tally {

    private final Map<String, Integer> verdicts = new TreeMap<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    void planned(Scenario scenario, RewindPlan plan) {
        verdicts.merge(plan.verdict().toString(), 1, Integer::sum);
        for (Problem problem : plan.problems()) {
            refusals.merge(problem.kind().toString(), 1, Integer::sum);
            System.out.println(scenario.name() + " refused: " + problem.kind() + ": " + problem);
        }
    }

    void passed(Scenario scenario, RewindPlan plan, double seconds) {
        System.out.printf("%s: %s, %s, %.1f s%n", scenario.name(), plan.verdict(), scenario.way(), seconds);
    }

    void failed(Scenario scenario, String failure) {
        failures.add(scenario.name());
        System.out.println(scenario.name() + " FAILED: " + failure);
    }

    void print() {
        System.out.println("random rewinds: " + verdicts + ", refused for " + refusals + ", failed: "
                + (failures.isEmpty() ? "none" : failures));
    }
}
