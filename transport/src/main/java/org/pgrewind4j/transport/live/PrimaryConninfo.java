package org.pgrewind4j.transport.live;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import org.pgrewind4j.transport.connect.LibpqConnection;
import org.pgrewind4j.transport.connect.UrlConnector;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.pgrewind4j.transport.libpq.LibpqString;

/**
 * Makes the {@code primary_conninfo} of a standby out of the way in which a rewind reaches its source, as
 * {@code pg_rewind --write-recovery-conf} does: environment and service file are resolved, so that the server, which has
 * neither, goes to the same place. Of what the JDBC driver was told, as much is written as libpq has words for.
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
        requireNonNull(connectionString, "connectionString");
        requireNonNull(secrets, "secrets");
        return of(LibpqConnection.of(connectionString), secrets);
    }

    static String of(LibpqConnection connection, Secrets secrets) {
        return print(connection.resolved(), secrets);
    }

    /**
     * Takes over a JDBC URL.
     *
     * @param url as {@link LiveServerTransport#ofJdbcUrl} takes it
     * @param properties more of the driver's parameters; without a user, it is the one whom the driver takes
     * @param secrets whether passwords are written
     * @return {@code keyword=value} pairs
     * @throws IllegalArgumentException as {@link LiveServerTransport#ofJdbcUrl} does
     */
    public static String ofJdbcUrl(String url, Properties properties, Secrets secrets) {
        requireNonNull(url, "url");
        requireNonNull(properties, "properties");
        requireNonNull(secrets, "secrets");
        Map<LibpqOption, String> values = new EnumMap<>(LibpqOption.class);
        UrlConnector.of(url, properties)
                .libpqParameters()
                .forEach((keyword, value) -> LibpqOption.of(keyword).ifPresent(option -> values.put(option, value)));
        values.putIfAbsent(LibpqOption.USER, System.getProperty("user.name", ""));
        return print(values, secrets);
    }

    /**
     * Asks a connection of the PostgreSQL driver, such as a {@link javax.sql.DataSource} gives, where it leads.
     *
     * @param connection an open connection
     * @param secrets whether passwords are written; a data source keeps its own to itself, and then there is none to write
     * @return {@code keyword=value} pairs
     * @throws SQLException if the connection does not say
     * @throws IllegalArgumentException if it is not one of the PostgreSQL driver
     */
    public static String ofConnection(Connection connection, Secrets secrets) throws SQLException {
        requireNonNull(connection, "connection");
        requireNonNull(secrets, "secrets");
        DatabaseMetaData asked = connection.getMetaData();
        Properties user = new Properties();
        user.setProperty("user", asked.getUserName());
        return ofJdbcUrl(String.valueOf(asked.getURL()), user, secrets);
    }

    private static String print(Map<LibpqOption, String> values, Secrets secrets) {
        StringJoiner pairs = new StringJoiner(" ");
        values.forEach((option, value) -> {
            if (!OMITTED.contains(option) && (secrets == Secrets.KEEP || !SECRETS.contains(option))) {
                pairs.add(option.keyword() + "=" + LibpqString.quote(value));
            }
        });
        return pairs.toString();
    }
}
