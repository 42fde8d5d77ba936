package org.pgrewind4j.transport.live;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.connect.Connector;
import org.pgrewind4j.transport.connect.DataSourceConnector;
import org.pgrewind4j.transport.connect.LibpqConnection;
import org.pgrewind4j.transport.connect.UrlConnector;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * A source that is a running server, read over SQL connections with the server's functions for files.
 *
 * <p>The role needs no more than the right to connect to some database and, from 11 on, to execute three functions; before
 * 11 it must be a superuser:
 *
 * <pre>
 * GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
 *     pg_read_binary_file(text, bigint, bigint, boolean) TO rewind_user;
 * </pre>
 *
 * <p>A role that may replicate as well ({@code REPLICATION}) holds the source's WAL meanwhile by a temporary replication
 * slot, from 10 on and unless a data source gives the connections. A second one holds what lies between the divergence and its
 * redo point, where the server does not limit what slots may keep ({@code max_slot_wal_keep_size}, from 13 on) and has a
 * walsender and a slot to spare. Without them a source that writes much and keeps little can remove WAL before it is copied.
 *
 * <p>Nothing is written on the source: its sessions are read-only. One call costs one round trip, but {@link #fetch} and
 * {@link #different} cost one for each four megabytes or so, several of them at a time. A lost connection is replaced up to
 * three times in a row, as long as the same server answers, between the same two of its starts.
 *
 * <p>What a server hides: it knows the symbolic links of its tablespaces only. Every other link looks like what it leads to,
 * and a socket or pipe like an empty file, which it is copied as without being opened (a socket with the name of the server's
 * own is left out).
 */
public final class LiveServerTransport implements Transport {

    private final LiveSessions sessions;
    private final CallGuard gate;
    private final int connections;
    private final ServerIdentity facts;
    private final LiveReplayEnd end;

    private LiveServerTransport(LiveSessions sessions, CallGuard gate, int connections) throws IOException {
        this.sessions = sessions;
        this.gate = gate;
        this.connections = connections;
        this.end = LiveReplayEnd.of(this, sessions, gate);
        this.facts = sessions.facts();
    }

    static LiveServerTransport open(Connector connector, LiveTimeouts timeouts, int connections) throws IOException {
        LiveSessions sessions = new LiveSessions(connector, timeouts);
        boolean opened = false;
        try {
            LiveServerTransport transport =
                    new LiveServerTransport(sessions, new CallGuard(connector.description()), connections);
            opened = true;
            return transport;
        } finally {
            if (!opened) {
                sessions.close();
            }
        }
    }

    /**
     * Takes connections from a data source.
     *
     * @param dataSource gives connections of the PostgreSQL driver, or wrappers that unwrap to them; a connection that goes
     *     back has its settings reset
     * @param name names the server in messages
     * @return a builder, whose {@code open} makes the transport
     */
    public static LiveServerBuilder ofDataSource(DataSource dataSource, String name) {
        requireNonNull(dataSource, "dataSource");
        requireNonNull(name, "name");
        return new LiveServerBuilder(new DataSourceConnector(dataSource, "server \"" + name + "\""));
    }

    /**
     * Connects by a JDBC URL.
     *
     * @param url {@code jdbc:postgresql://host:port/database}, with the driver's parameters; or
     *     {@code jdbc:postgresql://%2Fvar%2Frun%2Fpostgresql:port/database} for the Unix-domain socket in a directory, whose
     *     name {@code PGHOST} among the properties can also be
     * @param properties more of the driver's parameters, such as {@code user} and {@code password}
     * @return a builder, whose {@code open} makes the transport
     * @throws IllegalArgumentException if it is not a URL of the PostgreSQL driver, or asks for a replication connection
     */
    public static LiveServerBuilder ofJdbcUrl(String url, Properties properties) {
        requireNonNull(url, "url");
        requireNonNull(properties, "properties");
        return new LiveServerBuilder(UrlConnector.of(url, properties));
    }

    /**
     * Connects as libpq does: by {@code host=... user=...} or {@code postgresql://...}, libpq's environment variables, its
     * password file and its service file. Without a host it is the Unix-domain socket of the port in
     * {@code /var/run/postgresql} or {@code /tmp}, whichever has one. A socket in the abstract namespace, {@code @name}, needs
     * the optional library junixsocket.
     *
     * @param connectionString what {@code pg_rewind --source-server} takes
     * @return a builder, whose {@code open} makes the transport
     * @throws IllegalArgumentException if it is malformed or asks for something that is not supported, which is named
     */
    public static LiveServerBuilder ofConnectionString(String connectionString) {
        requireNonNull(connectionString, "connectionString");
        LibpqConnection libpq = LibpqConnection.of(connectionString);
        LiveServerBuilder builder = new LiveServerBuilder(libpq.connector());
        libpq.connectTimeout().ifPresent(time -> builder.timeouts(LiveTimeouts.DEFAULT.withConnect(time)));
        return builder;
    }

    @Override
    public String description() {
        return sessions.description();
    }

    /** Whether passwords are among what is told. */
    public enum Secrets {
        /** They are. */
        INCLUDED,
        /** They are left out. */
        LEFT_OUT
    }

    /**
     * Says how libpq reaches the server: what a standby's {@code primary_conninfo} is made of.
     *
     * @param secrets whether the password and the key's password are among it
     * @return values by libpq's keywords, such as {@code host}, {@code port}, {@code user}, {@code dbname} and
     *     {@code sslmode}, in libpq's order, as far as they were given; empty for a data source, which does not tell
     */
    public Map<String, String> connectionParameters(Secrets secrets) {
        Map<String, String> parameters = new LinkedHashMap<>(sessions.libpqParameters());
        if (secrets == Secrets.LEFT_OUT) {
            parameters.remove(LibpqOption.PASSWORD.keyword());
            parameters.remove(LibpqOption.SSLPASSWORD.keyword());
        }
        return parameters;
    }

    /** Asks for a checkpoint; closes the transport if there is none. */
    void checkpoint() throws IOException {
        boolean done = false;
        try {
            done = LiveWorkers.call(sessions, gate, session -> {
                session.execute("CHECKPOINT");
                return true;
            });
        } finally {
            if (!done) {
                close();
            }
        }
    }

    @Override
    public SourceMode mode() throws IOException {
        gate.enter();
        return LiveState.ask(sessions, gate).inRecovery() ? SourceMode.STANDBY : SourceMode.PRIMARY;
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        gate.enter();
        List<List<SourceProblem>> problems = new ArrayList<>();
        LiveWorkers.call(sessions, gate, session -> {
            problems.clear();
            session.query(
                    LivePermissions.QUERY,
                    LivePermissions.FIELDS,
                    row -> problems.add(LivePermissions.problems(row, facts, description())));
            return true;
        });
        return LiveState.only(problems);
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        gate.enter();
        new LiveListing(sessions, gate).run(Set.copyOf(closed), visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("greatest length: " + maxLength);
        }
        gate.enter();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (true) {
            // One byte more than allowed shows that there is more.
            int length = (int) Math.min(RangeSplitter.PIECE, maxLength - content.size() + 1L);
            RangePiece piece = new RangePiece(0, path, content.size(), length, true);
            LiveBatch batch = new LiveBatch(List.of(piece), LiveBatch.Kind.CONTENT);
            LiveBatch.Answer answer =
                    LiveWorkers.call(sessions, gate, batch::run).get(0);
            if (answer.length() < 0) {
                throw new NoSuchFileException(path.toString());
            }
            if (answer.length() > maxLength - content.size()) {
                throw new IOException(
                        "file \"" + path + "\" of " + description() + " is longer than " + maxLength + " bytes");
            }
            byte[] bytes = new byte[answer.length()];
            answer.bytes().get(bytes);
            content.writeBytes(bytes);
            if (answer.length() < length) {
                return content.toByteArray();
            }
        }
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        gate.enter();
        try (LiveStream stream = new LiveStream(ranges, LiveBatch.Kind.CONTENT, sessions, gate, connections)) {
            stream.run(new LiveFetch(gate, receiver));
        }
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        gate.enter();
        LiveBatch.Kind kind = facts.major() >= 11 ? LiveBatch.Kind.SHA_256 : LiveBatch.Kind.MD5;
        try (LiveStream stream = new LiveStream(ranges, kind, sessions, gate, connections);
                LiveComparison comparison = new LiveComparison(DataDirectory.of(directory), gate, kind)) {
            stream.run(comparison);
            return comparison.different();
        }
    }

    @Override
    public WalSegmentSource wal() {
        return new LiveWal(sessions, gate);
    }

    /** By a temporary replication slot, where the role may have one: see the class's comment. */
    @Override
    public RetainedWal retainWal() throws IOException {
        gate.enter();
        return LiveSlot.create(sessions, gate);
    }

    @Override
    public RetainedWal retainWal(Lsn wanted) throws IOException {
        gate.enter();
        return LiveSlot.create(sessions, gate, wanted);
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        gate.enter();
        return end.ask();
    }

    @Override
    public void close() {
        if (gate.close()) {
            sessions.close();
        }
    }
}
