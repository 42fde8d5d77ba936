package org.pgrewind4j.transport;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Makes the {@code primary_conninfo} of a standby out of the connection string by which a rewind reaches its source, as
 * {@code pg_rewind --write-recovery-conf} does: environment and service file are resolved, so that the server, which has
 * neither, goes to the same place.
 */
public final class PrimaryConninfo {

    /** Whether passwords are written. */
    public enum Secrets {
        /** Written where the connection string, its service or the environment has them. */
        KEEP,
        /** Left out: the standby finds the password in a password file, or needs none. */
        DROP
    }

    /** What a walreceiver sets itself, and what was resolved. */
    private static final Set<LibpqOption> OMITTED = EnumSet.of(
            LibpqOption.REPLICATION,
            LibpqOption.FALLBACK_APPLICATION_NAME,
            LibpqOption.SERVICE,
            LibpqOption.SERVICEFILE);

    private static final Set<LibpqOption> SECRETS = EnumSet.of(
            LibpqOption.PASSWORD,
            LibpqOption.SSLPASSWORD,
            LibpqOption.SCRAM_CLIENT_KEY,
            LibpqOption.SCRAM_SERVER_KEY,
            LibpqOption.OAUTH_CLIENT_SECRET);

    private PrimaryConninfo() {}

    /**
     * Takes over a connection string.
     *
     * @param connectionString as {@link LiveServerTransport#ofConnectionString} takes it
     * @param secrets whether passwords are written
     * @return {@code keyword=value} pairs
     * @throws IllegalArgumentException as {@link LiveServerTransport#ofConnectionString} does
     */
    public static String of(String connectionString, Secrets secrets) {
        return of(
                LibpqConnection.of(connectionString, System.getenv(), Path.of(System.getProperty("user.home", "/"))),
                secrets);
    }

    static String of(LibpqConnection connection, Secrets secrets) {
        StringJoiner pairs = new StringJoiner(" ");
        for (Map.Entry<LibpqOption, String> pair : connection.resolved().entrySet()) {
            LibpqOption option = pair.getKey();
            if (!OMITTED.contains(option) && (secrets == Secrets.KEEP || !SECRETS.contains(option))) {
                pairs.add(option.keyword() + "=" + LibpqString.quote(pair.getValue()));
            }
        }
        return pairs.toString();
    }
}
