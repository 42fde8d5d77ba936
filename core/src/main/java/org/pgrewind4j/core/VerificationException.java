package org.pgrewind4j.core;

import java.io.Serial;
import java.nio.file.Path;
import java.util.Locale;
import org.pgrewind4j.timeline.Side;

/**
 * What was read back of a rewound target does not match what was staged. No server starts on it; once the cause is
 * removed, resuming writes again what is still staged, and verifies again if it is asked to.
 */
public final class VerificationException extends RewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** See {@link #path()}. */
    private final transient Path path;

    /** See {@link #offset()}. */
    private final long offset;

    /** See {@link #expected()}. */
    private final String expected;

    /** See {@link #found()}. */
    private final String found;

    /**
     * Creates the error.
     *
     * @param path the file, directory or link that differs
     * @param offset where in it, in bytes from its start
     * @param expected what ought to be there
     * @param found what is there
     */
    public VerificationException(Path path, long offset, String expected, String found) {
        super(
                TargetState.RESUMABLE,
                "",
                new Problem(
                        Problem.Kind.VERIFICATION_FAILED,
                        Side.TARGET,
                        path.toString(),
                        String.format(
                                Locale.ROOT,
                                "verification failed: \"%s\", byte %d: expected %s, found %s",
                                path,
                                offset,
                                expected,
                                found),
                        ""),
                null);
        this.path = path;
        this.offset = offset;
        this.expected = expected;
        this.found = found;
    }

    /**
     * What differs.
     *
     * @return the file, directory or link
     */
    public Path path() {
        return path;
    }

    /**
     * Where in the file it differs: where the part of the file begins that was compared, or the page, or the WAL record
     * that cannot be read.
     *
     * @return bytes from the file's start; 0 if the path as a whole is not what it ought to be
     */
    public long offset() {
        return offset;
    }

    /**
     * What ought to be there.
     *
     * @return text for people
     */
    public String expected() {
        return expected;
    }

    /**
     * What is there.
     *
     * @return text for people
     */
    public String found() {
        return found;
    }
}
