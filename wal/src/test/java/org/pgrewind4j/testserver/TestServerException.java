package org.pgrewind4j.testserver;

import java.io.Serial;

/** A server or a tool did not do what a test or a demonstration needs. */
public final class TestServerException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    TestServerException(String message) {
        super(message);
    }

    TestServerException(String message, Throwable cause) {
        super(message, cause);
    }

    static TestServerException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new TestServerException("interrupted while " + what, cause);
    }
}
