package org.pgrewind4j.transport.live;

import java.time.Duration;
import org.pgrewind4j.transport.connect.LoginTimes;

/**
 * How long a {@link LiveServerTransport} waits: nothing in it waits without a limit.
 *
 * @param connect for a connection to be made and the role to be accepted, each time; default 10 seconds
 * @param socket for the next byte from the server while one is due; default 60 seconds
 * @param statement for one statement, on the server as well as here: a batch of ranges, or the listing; default 10 minutes
 * @param lock for a lock on the server, where the statements need none but those on catalogs; default 10 seconds
 * @param overall for all that the transport does from its opening on; default 24 hours
 */
public record LiveTimeouts(Duration connect, Duration socket, Duration statement, Duration lock, Duration overall) {

    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration GREATEST = Duration.ofDays(20);

    /** The defaults. */
    public static final LiveTimeouts DEFAULT = new LiveTimeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofHours(24));

    /**
     * Checks the times.
     *
     * @param connect for a connection
     * @param socket for the next byte
     * @param statement for one statement
     * @param lock for a lock
     * @param overall for everything
     * @throws IllegalArgumentException if one is shorter than a millisecond or longer than 20 days
     */
    public LiveTimeouts {
        check("connect", connect);
        check("socket", socket);
        check("statement", statement);
        check("lock", lock);
        check("overall", overall);
    }

    private static void check(String name, Duration time) {
        if (time.compareTo(LEAST) < 0 || time.compareTo(GREATEST) > 0) {
            throw new IllegalArgumentException(
                    name + " timeout: " + time + ": expected from 1 millisecond to " + GREATEST.toDays() + " days");
        }
    }

    /**
     * Changes one time.
     *
     * @param time for a connection to be made
     * @return these times with that one
     * @throws IllegalArgumentException as the constructor
     */
    public LiveTimeouts withConnect(Duration time) {
        return new LiveTimeouts(time, socket, statement, lock, overall);
    }

    /**
     * Changes one time.
     *
     * @param time for the next byte
     * @return these times with that one
     * @throws IllegalArgumentException as the constructor
     */
    public LiveTimeouts withSocket(Duration time) {
        return new LiveTimeouts(connect, time, statement, lock, overall);
    }

    /**
     * Changes one time.
     *
     * @param time for one statement
     * @return these times with that one
     * @throws IllegalArgumentException as the constructor
     */
    public LiveTimeouts withStatement(Duration time) {
        return new LiveTimeouts(connect, socket, time, lock, overall);
    }

    /**
     * Changes one time.
     *
     * @param time for a lock
     * @return these times with that one
     * @throws IllegalArgumentException as the constructor
     */
    public LiveTimeouts withLock(Duration time) {
        return new LiveTimeouts(connect, socket, statement, time, overall);
    }

    /**
     * Changes one time.
     *
     * @param time for everything
     * @return these times with that one
     * @throws IllegalArgumentException as the constructor
     */
    public LiveTimeouts withOverall(Duration time) {
        return new LiveTimeouts(connect, socket, statement, lock, time);
    }

    /** Those of a login. */
    LoginTimes login() {
        return new LoginTimes(connect, socket);
    }
}
