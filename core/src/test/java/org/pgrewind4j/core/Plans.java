package org.pgrewind4j.core;

/** Looks behind plans that {@link Rewind} made. */
final class Plans {

    private Plans() {}

    /** What executing the plan is given. */
    static Order order(RewindPlan plan) {
        return ((PlannedRewind) plan).order();
    }

    static RewindFacts facts(RewindPlan plan) {
        return ((PlannedRewind) plan).facts();
    }
}
