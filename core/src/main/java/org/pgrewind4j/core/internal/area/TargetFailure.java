package org.pgrewind4j.core.internal.area;

import java.nio.file.Path;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.timeline.PgRewindException;

/** What is thrown when work on a target fails. */
public final class TargetFailure {

    private TargetFailure() {}

    /** For a rewind. */
    public static RewindException of(Path target, TargetState state, Exception cause) {
        return of("rewind", target, state, cause);
    }

    /** For whatever work it was, by its name. */
    public static RewindException of(String work, Path target, TargetState state, Exception cause) {
        if (cause instanceof VerificationException different) {
            return different;
        }
        return new RewindException(
                state, "the " + work + " of \"" + target + "\" failed: " + PgRewindException.describe(cause), cause);
    }
}
