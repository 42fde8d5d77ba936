package org.pgrewind4j.transport.libpq;

import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.driver.DirectedSocketFactory;
import org.pgrewind4j.transport.driver.TlsFiles;
import org.postgresql.PGProperty;

/**
 * The options of libpq connection strings (PostgreSQL 18: manual, "Parameter Key Words" and "Environment Variables" of
 * libpq), and what becomes of each here.
 */
public enum LibpqOption {
    HOST("host", "PGHOST", Use.OWN, "PGHOST"),
    HOSTADDR("hostaddr", "PGHOSTADDR", Use.OWN, DirectedSocketFactory.ADDRESS),
    PORT("port", "PGPORT", Use.OWN, "PGPORT"),
    DBNAME("dbname", "PGDATABASE", Use.OWN, "PGDBNAME"),
    USER("user", "PGUSER", Use.OWN, "user"),
    PASSWORD("password", "PGPASSWORD", Use.OWN, "password"),
    PASSFILE("passfile", "PGPASSFILE", Use.OWN, null),
    SERVICE("service", "PGSERVICE", Use.OWN, null),
    SERVICEFILE("servicefile", "PGSERVICEFILE", Use.OWN, null),
    CONNECT_TIMEOUT("connect_timeout", "PGCONNECT_TIMEOUT", Use.OWN, null),
    TARGET_SESSION_ATTRS("target_session_attrs", "PGTARGETSESSIONATTRS", Use.OWN, null),
    LOAD_BALANCE_HOSTS("load_balance_hosts", "PGLOADBALANCEHOSTS", Use.OWN, null),
    KEEPALIVES("keepalives", null, Use.OWN, null),
    REQUIRESSL("requiressl", "PGREQUIRESSL", Use.OWN, null),

    APPLICATION_NAME("application_name", "PGAPPNAME", Use.DRIVER, "ApplicationName"),
    OPTIONS("options", "PGOPTIONS", Use.DRIVER, "options"),
    SSLMODE("sslmode", "PGSSLMODE", Use.DRIVER, "sslmode"),
    SSLNEGOTIATION("sslnegotiation", "PGSSLNEGOTIATION", Use.DRIVER, "sslNegotiation"),
    SSLCERT("sslcert", "PGSSLCERT", Use.DRIVER, "sslcert"),
    SSLKEY("sslkey", "PGSSLKEY", Use.DRIVER, "sslkey"),
    SSLPASSWORD("sslpassword", null, Use.DRIVER, "sslpassword"),
    SSLROOTCERT("sslrootcert", "PGSSLROOTCERT", Use.DRIVER, "sslrootcert", ImmutableSet.of("system")),
    SSLCERTMODE(
            "sslcertmode", "PGSSLCERTMODE", Use.CHOICE, TlsFiles.CERTIFICATE_MODE, ImmutableSet.of("disable", "allow")),
    SSLCRL("sslcrl", "PGSSLCRL", Use.DRIVER, TlsFiles.CRL),
    SSLCRLDIR("sslcrldir", "PGSSLCRLDIR", Use.DRIVER, TlsFiles.CRL_FOLDER),
    SSLSNI("sslsni", "PGSSLSNI", Use.CHOICE, TlsFiles.SNI, ImmutableSet.of("0", "1")),
    SSL_MIN_PROTOCOL_VERSION("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Use.DRIVER, TlsFiles.MIN_PROTOCOL),
    SSL_MAX_PROTOCOL_VERSION("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Use.DRIVER, TlsFiles.MAX_PROTOCOL),
    CHANNEL_BINDING("channel_binding", "PGCHANNELBINDING", Use.DRIVER, "channelBinding"),
    REQUIRE_AUTH("require_auth", "PGREQUIREAUTH", Use.DRIVER, "requireAuth"),
    GSSENCMODE("gssencmode", "PGGSSENCMODE", Use.DRIVER, "gssEncMode"),
    GSSLIB("gsslib", "PGGSSLIB", Use.DRIVER, "gsslib"),
    KRBSRVNAME("krbsrvname", "PGKRBSRVNAME", Use.DRIVER, "kerberosServerName"),
    REQUIREPEER("requirepeer", "PGREQUIREPEER", Use.DRIVER, DirectedSocketFactory.REQUIRED_PEER),

    /** Names that change nothing about what is read, from whom, or how it is protected. */
    FALLBACK_APPLICATION_NAME("fallback_application_name", null, Use.IGNORED, null),
    CLIENT_ENCODING("client_encoding", "PGCLIENTENCODING", Use.IGNORED, null),
    KEEPALIVES_IDLE("keepalives_idle", null, Use.IGNORED, null),
    KEEPALIVES_INTERVAL("keepalives_interval", null, Use.IGNORED, null),
    KEEPALIVES_COUNT("keepalives_count", null, Use.IGNORED, null),
    TCP_USER_TIMEOUT("tcp_user_timeout", null, Use.IGNORED, null),

    REPLICATION("replication", null, Use.REFUSED_BUT, null, ImmutableSet.of("false", "off", "no", "0")),
    SSLCOMPRESSION("sslcompression", "PGSSLCOMPRESSION", Use.REFUSED_BUT, null, ImmutableSet.of("0")),
    SSLKEYLOGFILE("sslkeylogfile", null, Use.REFUSED_BUT, null),
    GSSDELEGATION("gssdelegation", "PGGSSDELEGATION", Use.REFUSED_BUT, null, ImmutableSet.of("0")),
    MIN_PROTOCOL_VERSION("min_protocol_version", "PGMINPROTOCOLVERSION", Use.REFUSED_BUT, null, ImmutableSet.of("3.0")),
    MAX_PROTOCOL_VERSION(
            "max_protocol_version",
            "PGMAXPROTOCOLVERSION",
            Use.REFUSED_BUT,
            null,
            ImmutableSet.of("3.0", "3.2", "latest")),
    SCRAM_CLIENT_KEY("scram_client_key", null, Use.REFUSED_BUT, null),
    SCRAM_SERVER_KEY("scram_server_key", null, Use.REFUSED_BUT, null),
    OAUTH_ISSUER("oauth_issuer", null, Use.REFUSED_BUT, null),
    OAUTH_CLIENT_ID("oauth_client_id", null, Use.REFUSED_BUT, null),
    OAUTH_CLIENT_SECRET("oauth_client_secret", null, Use.REFUSED_BUT, null),
    OAUTH_SCOPE("oauth_scope", null, Use.REFUSED_BUT, null);

    /** What becomes of an option. */
    enum Use {
        /** {@code LibpqConnection} makes something of it. */
        OWN,
        /** Goes to the driver under another name, except for some values that the driver reads otherwise. */
        DRIVER,
        /** Goes to what the driver connects by, for some values only. */
        CHOICE,
        /** Has no effect here and needs none. */
        IGNORED,
        /** The driver has nothing like it, so it is refused, except for values that ask for what happens anyway. */
        REFUSED_BUT
    }

    private static final Pattern SOCKET = Pattern.compile("([/@].*)/\\.s\\.PGSQL\\.([0-9]+)");
    private static final String JUNIXSOCKET = "org.newsclub.net.unix.AFUNIXSocketFactory";

    private final String keyword;
    private final @Nullable String variable;
    private final Use use;
    private final @Nullable String property;
    private final ImmutableSet<String> exceptions;

    LibpqOption(String keyword, @Nullable String variable, Use use, @Nullable String property) {
        this(keyword, variable, use, property, ImmutableSet.of());
    }

    LibpqOption(
            String keyword,
            @Nullable String variable,
            Use use,
            @Nullable String property,
            ImmutableSet<String> exceptions) {
        this.keyword = keyword;
        this.variable = variable;
        this.use = use;
        this.property = property;
        this.exceptions = exceptions;
    }

    public static Optional<LibpqOption> of(String keyword) {
        return Arrays.stream(values())
                .filter(option -> option.keyword.equals(keyword))
                .findFirst();
    }

    public String keyword() {
        return keyword;
    }

    public Optional<String> variable() {
        return Optional.ofNullable(variable);
    }

    /** The driver's name for an option that goes to it as it is. */
    public Optional<String> property() {
        return use == Use.DRIVER || use == Use.CHOICE ? Optional.ofNullable(property) : Optional.empty();
    }

    /** Says in libpq's words what the driver was told, as far as libpq has words for it. */
    public static Map<String, String> parameters(Properties driver) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (LibpqOption option : values()) {
            String value = option.property == null ? null : driver.getProperty(option.property);
            if (value != null && !value.isEmpty() && !option.isDefault(value)) {
                parameters.put(option.keyword, value);
            }
        }
        parameters.putAll(socket(driver));
        // The driver writes an IPv6 address in brackets, and knows "ssl" for a mode that libpq would not take by
        // itself.
        parameters.computeIfPresent(HOST.keyword, (keyword, hosts) -> hosts.replaceAll("[\\[\\]]", ""));
        if (isTrue(driver.getProperty("ssl"))) {
            parameters.putIfAbsent(SSLMODE.keyword, "verify-full");
        }
        return Collections.unmodifiableMap(parameters);
    }

    /** Where a socket is that junixsocket was told to connect to: it passes over the host and port that the driver has. */
    private static Map<String, String> socket(Properties driver) {
        Matcher path = SOCKET.matcher(driver.getProperty("socketFactoryArg", ""));
        return path.matches() && driver.getProperty("socketFactory", "").startsWith(JUNIXSOCKET)
                ? Map.of(HOST.keyword, path.group(1), PORT.keyword, path.group(2))
                : Map.of();
    }

    /** What the driver adds itself: its name is not the standby's, and older releases do not know each option. */
    private boolean isDefault(String value) {
        PGProperty known = property == null ? null : PGProperty.forName(property);
        return use == Use.DRIVER && known != null && value.equals(known.getDefaultValue());
    }

    /** As the driver reads a switch: named without a value, it is on. */
    private static boolean isTrue(@Nullable String value) {
        return value != null && (value.isEmpty() || Boolean.parseBoolean(value));
    }

    /**
     * Refuses what would silently be weaker or other than what was asked for.
     *
     * @throws IllegalArgumentException naming the option
     */
    public void check(String value) {
        boolean refused = switch (use) {
            case OWN, IGNORED -> false;
            case DRIVER -> exceptions.contains(value);
            case CHOICE, REFUSED_BUT -> !exceptions.contains(value);
        };
        if (!refused) {
            return;
        }
        String what = "connection option \"" + keyword + "\"";
        if (this == REPLICATION) {
            throw new IllegalArgumentException(
                    what + ": a replication connection cannot read files\nHINT: leave the option out.");
        }
        throw new IllegalArgumentException(what
                + (exceptions.isEmpty() ? "" : " with value \"" + value + "\"")
                + " is not supported\nHINT: leave it out, or connect by a JDBC URL or a DataSource.");
    }
}
