package org.pgrewind4j.examples.pgrewind;

/** The command line cannot be meant so. */
final class UsageException extends Exception {

    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
