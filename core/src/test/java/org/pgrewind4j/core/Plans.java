package org.pgrewind4j.core;

import org.pgrewind4j.core.internal.rewind.PlannedRewind;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.stage.Order;

/** Looks behind plans that {@link Rewind} made. */
public final class Plans {

    private Plans() {}

    /** What executing the plan is given. */
    static Order order(RewindPlan plan) {
        return ((PlannedRewind) plan).order();
    }

    public static RewindEvidence facts(RewindPlan plan) {
        return ((PlannedRewind) plan).facts();
    }
}
