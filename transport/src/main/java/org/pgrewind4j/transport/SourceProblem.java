package org.pgrewind4j.transport;

import org.pgrewind4j.timeline.VisibleText;

/**
 * Something about a source that forbids copying from it.
 *
 * @param kind which rule it breaks
 * @param message what was expected and what was found, as the library's errors say it
 * @param cure what to do about it, one sentence
 */
public record SourceProblem(Kind kind, String message, String cure) {

    /**
     * Makes the texts harmless to print.
     *
     * @param kind which rule it breaks
     * @param message what was expected and what was found
     * @param cure what to do about it
     */
    public SourceProblem {
        message = VisibleText.ofLines(message);
        cure = VisibleText.ofLines(cure);
    }

    /** The rules. */
    public enum Kind {
        /** A data directory is to be stopped, and a server runs on it. */
        SERVER_RUNNING,
        /** A data directory is to be shut down cleanly, and its control file says otherwise. */
        NOT_SHUT_DOWN,
        /** A running server must write whole pages to WAL, or torn pages could not be repaired. */
        FULL_PAGE_WRITES_OFF,
        /** A running server lacks a function, or the role a right, that the transport needs. */
        NOT_PERMITTED,
        /** The release cannot serve as a source in its present mode. */
        UNSUPPORTED_RELEASE,
        /** A rule of a transport that is not part of the library. */
        OTHER
    }
}
