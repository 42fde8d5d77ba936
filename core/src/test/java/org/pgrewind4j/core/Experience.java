package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.local.DataDirectoryException;

/** What a caller learns from a failure: never less than a type, a side and what to do. */
final class Experience {

    private final List<Problem> problems;

    private Experience(List<Problem> problems) {
        this.problems = problems;
        assertThat(problems).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.message()).isNotBlank().doesNotContain("HINT:");
            assertThat(problem.cure()).isNotBlank().doesNotContain("HINT:");
        });
    }

    /** Something that can fail. */
    interface Attempt {
        Object run() throws Exception;
    }

    /** A plan that refuses, or an exception that carries its problem. */
    static Experience of(Attempt attempt) {
        Object[] result = new Object[1];
        Throwable failure = catchThrowable(() -> result[0] = attempt.run());
        if (failure == null) {
            return new Experience(
                    result[0] instanceof Examination examined
                            ? examined.problems()
                            : ((RewindPlan) result[0]).problems());
        }
        // The root of the tree says nothing that a program could decide by.
        assertThat(failure.getClass()).isNotEqualTo(PgRewindException.class);
        assertThat(String.valueOf(failure.getMessage()).split("HINT: ", -1)).hasSizeLessThanOrEqualTo(2);
        return new Experience(ofFailure(failure));
    }

    private static List<Problem> ofFailure(Throwable failure) {
        if (failure instanceof ProblemException told) {
            return List.of(told.problem());
        } else if (failure instanceof RewindException ended) {
            return ended.problem().stream().toList();
        } else if (failure instanceof DataDirectoryException none) {
            return List.of(Problem.of(none));
        } else if (failure instanceof RewindRefusedException refused) {
            return refused.problems();
        }
        throw new AssertionError("a failure without a problem", failure);
    }

    void isOf(Kind kind, Side side, String place) {
        assertThat(problems).hasSize(1);
        has(kind, side, place);
    }

    Experience has(Kind kind, Side side, String place) {
        assertThat(problems)
                .extracting(Problem::kind, Problem::side, Problem::place)
                .contains(tuple(kind, side, place));
        return this;
    }
}
