package org.pgrewind4j.core.internal.area;

import java.nio.file.Path;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;

/** What is thrown when two sides are looked at, and that fails. Nothing was changed. */
public final class PlanningFailure {

    private PlanningFailure() {}

    /**
     * Tells a failure as a problem. What has a type of its own stays as it is, for it says more: damaged WAL, a path that is
     * not safe, what a program did wrong.
     *
     * @param what what could not be done, in words
     * @param target the data directory
     * @param source the other side, by the name that it has in messages
     * @param failure why not
     */
    public static RuntimeException of(String what, Path target, String source, Exception failure) {
        if (failure instanceof RuntimeException typed) {
            return typed;
        }
        String from = source.isEmpty() ? "" : " from " + source;
        Problem problem = FailureReason.between(target, source)
                .find(failure, "remove the cause and try again.")
                .orElseThrow(() -> new IllegalArgumentException(failure));
        return new ProblemException(
                new Problem(
                        problem.kind(),
                        problem.side(),
                        problem.place(),
                        what + from + ": " + problem.message(),
                        problem.cure()),
                failure);
    }
}
