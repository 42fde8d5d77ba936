package org.pgrewind4j.core.internal.area;

import java.nio.file.Path;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.timeline.PgRewindException;

/** What is thrown when work on a target fails. */
public final class TargetFailure {

    private TargetFailure() {}

    /** For a rewind without its source. */
    public static RewindException of(Path target, TargetState state, Exception cause) {
        return of("rewind", target, "", state, cause);
    }

    /** For whatever work it was, by its name, from a source by the name that it has in messages. */
    public static RewindException of(String work, Path target, String source, TargetState state, Exception cause) {
        if (cause instanceof VerificationException different) {
            return different;
        }
        return failed("the " + work + " of \"" + target + "\" failed", target, source, state, cause);
    }

    /** For what failed, in words. */
    public static RewindException failed(String what, Path target, String source, TargetState state, Exception cause) {
        return FailureReason.between(target, source)
                .find(cause, "")
                .map(problem -> new RewindException(state, what + ": ", problem, cause))
                .orElseGet(() -> new RewindException(state, what + ": " + PgRewindException.withoutHint(cause), cause));
    }
}
