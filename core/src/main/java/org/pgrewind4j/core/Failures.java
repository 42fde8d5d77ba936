package org.pgrewind4j.core;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Words for errors of the file system, whose own messages are often no more than a path. */
final class Failures {

    private Failures() {}

    /** What happened, for a problem that brings a cure of its own. */
    static String withoutHint(Throwable failure) {
        String message = describe(failure);
        int hint = message.indexOf("\nHINT: ");
        return hint < 0 ? message : message.substring(0, hint);
    }

    static String describe(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            return "no such file: " + message;
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied: " + message;
        }
        return message;
    }
}
