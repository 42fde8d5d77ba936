package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;

/**
 * One PostgreSQL server: a data directory, and its processes while it runs.
 *
 * <pre>{@code
 * try (PostgresServer server = PostgresServer.builder(ServerRelease.newest()).withChecksums().build()) {
 *     server.initialize();
 *     server.start();
 *     server.execute("CREATE TABLE t (id int)");
 * }
 * }</pre>
 *
 * <p>It listens on a free port of the loopback address, without passwords, and on no Unix-domain socket unless a setting
 * asks for one. The log and, unless one was named, the data
 * directory lie in a temporary folder that {@link #close()} removes. Not safe for use by several threads at once, but
 * {@link #connection} is.
 */
public final class PostgresServer implements AutoCloseable {

    /** The superuser. */
    public static final String USER = "postgres";

    private static final String DATABASE = "postgres";
    private static final int LOG_TAIL = 6_000;

    private final ServerRelease release;
    private final Path home;
    private final Path dataDirectory;
    private final List<String> initdbOptions;
    private final Map<String, String> settings;
    private final ReservedPort reserved = ReservedPort.take();
    private final int port = reserved.number();
    private final ServerSql sql = new ServerSql(port);
    private @Nullable ServerProcess process;

    PostgresServer(
            ServerRelease release,
            @Nullable Path dataDirectory,
            List<String> initdbOptions,
            Map<String, String> settings) {
        this.release = release;
        this.home = Folders.temporary(release.toString().replace(' ', '-'));
        this.dataDirectory = dataDirectory == null ? home.resolve("data") : dataDirectory;
        this.initdbOptions = List.copyOf(initdbOptions);
        this.settings = Map.copyOf(settings);
    }

    /**
     * Describes a server.
     *
     * @param release which PostgreSQL
     * @return a builder for it
     */
    public static PostgresServerBuilder builder(ServerRelease release) {
        return new PostgresServerBuilder(release);
    }

    /** Makes the data directory with {@code initdb} and writes the settings. */
    public void initialize() {
        ServerAccount account = ServerAccount.current();
        account.handOver(home);
        List<String> arguments = new ArrayList<>(List.of("-D", dataDirectory.toString(), "-U", USER));
        arguments.addAll(List.of("--auth=trust", "--encoding=UTF8", "--locale=C", "--nosync"));
        arguments.addAll(initdbOptions);
        Command.run(account.command(release.bin().resolve("initdb"), arguments), "initdb of " + release)
                .ensureSuccess();
        settings.forEach(this::configure);
        write("pg_hba.conf", "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n");
    }

    /**
     * Adds a setting to {@code postgresql.conf}; the last one of a name counts. A running server does not read it until
     * it starts again or is told to reload.
     *
     * @param name such as {@code wal_log_hints}
     * @param value the value, without quotes
     */
    public void configure(String name, String value) {
        append("postgresql.conf", setting(name, value));
    }

    /**
     * Makes this server, whose data directory is a copy of another's or was rewound, follow a primary by streaming
     * replication on the newest timeline.
     *
     * @param primary the server to follow, which need not run yet
     */
    public void standbyOf(PostgresServer primary) {
        String conninfo = setting(
                "primary_conninfo",
                "host=127.0.0.1 port=" + primary.port + " user=" + USER + " sslmode=disable application_name=standby");
        if (release.isAtLeast(12)) {
            append("postgresql.auto.conf", conninfo + setting("recovery_target_timeline", "latest"));
            write("standby.signal", "");
        } else {
            write(
                    "recovery.conf",
                    conninfo + setting("recovery_target_timeline", "latest") + setting("standby_mode", "on"));
        }
    }

    /**
     * Starts the server and waits until it answers queries.
     *
     * @throws TestServerException if it ends or does not answer; the message has the end of its log
     */
    public void start() {
        if (isRunning()) {
            throw new IllegalStateException("the server in " + dataDirectory + " is running");
        }
        ServerAccount account = ServerAccount.current();
        account.handOver(home);
        account.handOver(dataDirectory);
        List<String> arguments = List.of(
                "-D",
                dataDirectory.toString(),
                // Not in postgresql.conf: a rewind copies that file from one server to the other.
                "-c",
                "port=" + port,
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=" + settings.getOrDefault("unix_socket_directories", ""));
        long logged = log().length();
        ServerProcess started = ServerProcess.start(
                account.command(release.bin().resolve("postgres"), arguments), dataDirectory, logFile());
        process = started;
        try {
            Await.until(() -> !started.isAlive() || answers(), () -> "no answer");
            if (!started.isAlive()) {
                throw new TestServerException("it ended");
            }
        } catch (TestServerException e) {
            kill();
            String tail = log().substring((int) Math.max(logged, log().length() - LOG_TAIL));
            throw new TestServerException(
                    "PostgreSQL " + release + " in " + dataDirectory + " did not start: " + e.getMessage()
                            + "\nend of its log:\n" + tail,
                    e);
        }
    }

    private boolean answers() {
        try (Connection connection = sql.connect(DATABASE)) {
            return connection.isValid(10);
        } catch (SQLException e) {
            // Not yet: what keeps it is in its log.
            return false;
        }
    }

    /**
     * Stops the server and waits until all its processes are gone.
     *
     * @param mode how
     * @throws TestServerException if it is still there after a long while; it is then killed
     */
    public void stop(StopMode mode) {
        ServerProcess running = running();
        running.signal(mode.signal());
        if (!running.waitForExit()) {
            running.kill();
            throw new TestServerException(
                    "PostgreSQL " + release + " in " + dataDirectory + " did not stop\n" + logTail());
        }
        process = null;
    }

    /**
     * Tries to start the server from a shell, as an operator does, where it must not start.
     *
     * @return what {@code pg_ctl} and the server said
     * @throws TestServerException if it starts
     */
    public String refusedStart() {
        List<String> command = ServerAccount.current()
                .command(
                        release.bin().resolve("pg_ctl"),
                        List.of(
                                "start",
                                "-w",
                                "-D",
                                dataDirectory.toString(),
                                "-l",
                                logFile().toString()));
        // The shell stands between: a server takes its grandparent's process id for that of nobody.
        List<String> shell = new ArrayList<>(List.of("sh", "-c", "\"$@\"; exit $?", "sh"));
        shell.addAll(command);
        int logged = log().length();
        CommandResult result = Command.run(shell, "pg_ctl start");
        if (result.exitCode() == 0) {
            throw new TestServerException("PostgreSQL " + release + " in " + dataDirectory + " started");
        }
        return result.stdout() + result.stderr() + log().substring(logged);
    }

    /** Ends the server's processes with SIGKILL, as a crash does. Nothing happens if it does not run. */
    public void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** Makes a standby a primary and waits until it is one. */
    public void promote() {
        List<String> command = ServerAccount.current()
                .command(release.bin().resolve("pg_ctl"), List.of("promote", "-D", dataDirectory.toString()));
        Command.run(command, "pg_ctl promote").ensureSuccess();
        Await.until(() -> !isInRecovery(), () -> "the standby was not promoted\n" + logTail());
    }

    /**
     * Whether the server's processes are there.
     *
     * @return true from {@link #start()} on until it ends for any reason
     */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /**
     * Whether the server replays WAL.
     *
     * @return true for a standby
     */
    public boolean isInRecovery() {
        return value("SELECT pg_is_in_recovery()").equals("t");
    }

    /**
     * Opens a connection; the caller closes it.
     *
     * @param database its name
     * @return a connection as superuser
     * @throws SQLException if the server refuses it
     */
    public Connection connection(String database) throws SQLException {
        return sql.connect(database);
    }

    /**
     * Runs statements in the database {@code postgres}, each in a transaction of its own.
     *
     * @param statements SQL
     */
    public void execute(String... statements) {
        sql.execute(DATABASE, statements);
    }

    /**
     * Runs statements in a database, each in a transaction of its own, on one connection.
     *
     * @param database its name
     * @param statements SQL
     */
    public void executeIn(String database, String... statements) {
        sql.execute(database, statements);
    }

    /**
     * Runs a query in the database {@code postgres}.
     *
     * @param query SQL
     * @return the rows, values as text, empty for NULL
     */
    public List<List<String>> query(String query) {
        return sql.query(DATABASE, query);
    }

    /**
     * Runs a query in a database.
     *
     * @param database its name
     * @param query SQL
     * @return the rows, values as text, empty for NULL
     */
    public List<List<String>> queryIn(String database, String query) {
        return sql.query(database, query);
    }

    /**
     * Runs a query of one row and one column in the database {@code postgres}.
     *
     * @param query SQL
     * @return the value as text, empty for NULL
     */
    public String value(String query) {
        List<List<String>> rows = query(query);
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new TestServerException("expected one value, found " + rows + "\nin: " + query);
        }
        return rows.get(0).get(0);
    }

    /** Writes a checkpoint, on a standby a restart point. */
    public void checkpoint() {
        execute("CHECKPOINT");
    }

    /**
     * Where the server writes next.
     *
     * @return the end of the WAL written so far
     */
    public Lsn currentWalLsn() {
        return Lsn.parse(
                value(release.isAtLeast(10) ? "SELECT pg_current_wal_lsn()" : "SELECT pg_current_xlog_location()"));
    }

    /**
     * How far a standby has replayed.
     *
     * @return the end of the last record that was replayed
     */
    public Lsn replayedLsn() {
        String lsn = value(
                release.isAtLeast(10) ? "SELECT pg_last_wal_replay_lsn()" : "SELECT pg_last_xlog_replay_location()");
        return lsn.isEmpty() ? Lsn.INVALID : Lsn.parse(lsn);
    }

    /** Ends the current WAL segment. */
    public void switchWal() {
        query(release.isAtLeast(10) ? "SELECT pg_switch_wal()" : "SELECT pg_switch_xlog()");
    }

    /**
     * Waits until this standby has replayed some WAL.
     *
     * @param lsn how far
     */
    public void waitForReplay(Lsn lsn) {
        Await.until(() -> !replayedLsn().isBefore(lsn), () -> "replay did not reach " + lsn + "\n" + logTail());
    }

    /**
     * Waits until this standby has replayed all that a primary has committed so far, asynchronous commits included.
     *
     * @param primary the server that it follows
     */
    public void catchUpWith(PostgresServer primary) {
        primary.flushWal();
        waitForReplay(primary.currentWalLsn());
    }

    /**
     * Writes what WAL buffers hold. An asynchronous commit is visible before its WAL is written, and its rows are then in
     * no answer of {@link #currentWalLsn()}.
     */
    private void flushWal() {
        String behind = release.isAtLeast(10)
                ? "SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()"
                : "SELECT pg_current_xlog_insert_location() > pg_current_xlog_flush_location()";
        if (value(behind).equals("t")) {
            // A commit waits for the disk, and all WAL before it with it, if its transaction has written WAL.
            execute("SET synchronous_commit = local", "SELECT pg_logical_emit_message(true, 'flush', '')");
        }
    }

    /**
     * Copies the stopped server into a temporary folder of its own, which the copy removes when it is closed.
     *
     * @return a server of the same release on the copy, on a port of its own
     */
    public PostgresServer copy() {
        return copyInto(new PostgresServer(release, null, initdbOptions, settings));
    }

    /**
     * Copies the stopped server's data directory byte for byte. What its links lead to outside, such as tablespaces, is
     * copied into the new server's temporary folder, and the copy's links lead there.
     *
     * @param directory the copy, which must not exist yet; {@link #close()} leaves it in place
     * @return a server of the same release on the copy, on a port of its own
     */
    public PostgresServer copyTo(Path directory) {
        return copyInto(new PostgresServer(release, directory.toAbsolutePath(), initdbOptions, settings));
    }

    private PostgresServer copyInto(PostgresServer server) {
        if (isRunning()) {
            throw new IllegalStateException("the server in " + dataDirectory + " is running: its files change");
        }
        DataDirectoryCopy.copy(dataDirectory, server.dataDirectory, server.home.resolve("links"));
        return server;
    }

    /**
     * Which PostgreSQL this is.
     *
     * @return the release
     */
    public ServerRelease release() {
        return release;
    }

    /**
     * Where the data lies.
     *
     * @return an absolute path
     */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /**
     * Where the server listens.
     *
     * @return a port of the loopback address 127.0.0.1
     */
    public int port() {
        return port;
    }

    /**
     * How JDBC reaches the server.
     *
     * @param database its name
     * @return a URL, without the user's name
     */
    public String jdbcUrl(String database) {
        return sql.url(database);
    }

    /**
     * What the server has said since it was built, over all its starts.
     *
     * @return the log's text
     */
    public String log() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the server if it runs and removes its temporary folder. */
    @Override
    public void close() {
        try (reserved) {
            kill();
            Folders.delete(home);
        }
    }

    /** Prints the release, the data directory and the port. */
    @Override
    public String toString() {
        return "PostgreSQL " + release + " in " + dataDirectory + " on port " + port;
    }

    private ServerProcess running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("the server in " + dataDirectory + " is not running\n" + logTail());
        }
        return process;
    }

    private String logTail() {
        String log = log();
        return "end of its log:\n" + log.substring(Math.max(0, log.length() - LOG_TAIL));
    }

    private Path logFile() {
        return home.resolve("server.log");
    }

    private static String setting(String name, String value) {
        return name + " = '" + value.replace("'", "''") + "'\n";
    }

    private void write(String file, String text) {
        writeFile(
                file, text, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    private void append(String file, String text) {
        writeFile(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void writeFile(String file, String text, StandardOpenOption... options) {
        try {
            Files.writeString(dataDirectory.resolve(file), text, StandardCharsets.UTF_8, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
