package org.pgrewind4j.core;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;
import org.pgrewind4j.timeline.PgRewindException;

/** A plan whose verdict is {@link Verdict#REFUSED} was executed. The target is untouched. */
public final class RewindRefusedException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** All reasons. */
    private final transient List<Problem> problems;

    /**
     * Creates the error.
     *
     * @param problems all reasons
     */
    public RewindRefusedException(List<Problem> problems) {
        super("the target cannot be rewound:\n"
                + problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /**
     * All reasons.
     *
     * @return at least one problem
     */
    public List<Problem> problems() {
        return problems == null ? List.of() : problems;
    }
}
