package org.pgrewind4j.core.report;

/** What a report concludes from all that it could read. */
public enum Loss {
    /** All of the target's branch was read, and it has nothing of users' that the source does not have. */
    NOTHING,
    /** Transactions were committed or prepared on the target's branch alone; there may be more if it was not all read. */
    TRANSACTIONS,
    /** No such transaction was found, but what could not be read may hold some. */
    UNKNOWN
}
