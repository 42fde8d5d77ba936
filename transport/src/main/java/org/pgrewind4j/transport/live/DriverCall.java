package org.pgrewind4j.transport.live;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A call of the JDBC driver. The driver trusts its server: lengths of messages are allocated as they come, and what does not
 * fit ends in whatever exception is nearest. A source is not trusted, so all of that becomes one error of the source.
 */
@FunctionalInterface
interface DriverCall<T extends @Nullable Object> {

    T run() throws SQLException;

    /**
     * Makes the call.
     *
     * @throws SQLException as the driver throws it
     * @throws LiveServerException for what only a message that makes no sense can lead to: lengths beyond all memory, and
     *     unchecked exceptions
     */
    static <T extends @Nullable Object> T guard(DriverCall<T> call) throws SQLException, LiveServerException {
        try {
            return call.run();
        } catch (OutOfMemoryError | AssertionError | RuntimeException e) {
            throw LiveServerException.of("the server's answer is malformed: " + e, e);
        }
    }
}
