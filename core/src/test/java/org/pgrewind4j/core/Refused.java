package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;

/** A rewind that is refused, while it is planned or when it has what it needs to know. */
public final class Refused {

    /** The end of a cure where contents can take the place of evidence. */
    static final String OFFER = " Or have both data directories compared instead (Compare.NEEDED).";

    private Refused() {}

    public static List<Problem> problems(Rewind rewind) {
        RewindPlan plan = rewind.plan();
        JsonSchemas.assertValid(plan);
        if (plan.verdict() == Verdict.REFUSED) {
            return plan.problems();
        }
        assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
        RewindException failure = catchThrowableOfType(RewindException.class, plan::execute);
        assertThat(failure.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED);
        assertThat(failure).hasCauseInstanceOf(RewindRefusedException.class);
        return ((RewindRefusedException) failure.getCause()).problems();
    }
}
