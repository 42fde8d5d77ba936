package org.pgrewind4j.transport.connect;

import java.time.Duration;

/**
 * How long a login waits.
 *
 * @param connect for the connection to be made and the role to be accepted
 * @param socket for the next byte from the server, from the login on
 */
public record LoginTimes(Duration connect, Duration socket) {

    /** As the driver takes it. */
    String connectSeconds() {
        return seconds(connect);
    }

    /** As the driver takes it. */
    String socketSeconds() {
        return seconds(socket);
    }

    /** Whole seconds, at least one: the driver knows no smaller unit, and takes zero for no limit. */
    private static String seconds(Duration time) {
        return Long.toString(Math.max(1, time.plusMillis(999).toSeconds()));
    }
}
