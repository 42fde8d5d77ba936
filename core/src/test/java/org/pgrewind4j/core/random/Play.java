package org.pgrewind4j.core.random;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.StopMode;

/** The servers of a scenario, and what happens to them. */
final class Play implements AutoCloseable {

    private static final long UNDER_LOAD_MILLIS = 150;

    private final Scenario scenario;
    private final Map<String, PostgresServer> servers = new LinkedHashMap<>();
    private final Map<String, List<Connection>> open = new LinkedHashMap<>();

    private final Map<String, Integer> timelines = new LinkedHashMap<>();

    private Play(Scenario scenario) {
        this.scenario = scenario;
    }

    /** Starts the first primary and its standbys. */
    static Play begin(Scenario scenario, Clusters clusters) {
        Play play = new Play(scenario);
        try {
            for (String node : scenario.nodes()) {
                PostgresServer server = clusters.copy(scenario);
                play.servers.put(node, server);
                play.timelines.put(node, 1);
                scenario.settings().forEach(server::configure);
                if (scenario.archive()) {
                    server.configure("archive_mode", "on");
                    server.configure("archive_command", play.archive().command());
                }
            }
            play.server("A").start();
            for (String node : scenario.nodes().subList(1, scenario.nodes().size())) {
                play.follow(node, "A");
                play.server(node).catchUpWith(play.server("A"));
            }
            return play;
        } catch (RuntimeException e) {
            play.close();
            throw e;
        }
    }

    /** Where all servers archive their WAL, if they do. */
    Archive archive() {
        return Archive.beside(server("A"));
    }

    /** The timeline that a primary is on. */
    int timeline(String primary) {
        return timelines.getOrDefault(primary, 1);
    }

    PostgresServer server(String node) {
        PostgresServer server = servers.get(node);
        if (server == null) {
            throw new IllegalArgumentException("no server " + node);
        }
        return server;
    }

    void take(Step step) {
        if (step instanceof Step.Do act) {
            act.act().part().on(new Scene(server(act.node()), act.step(), act.any(), act.rows()));
        } else if (step instanceof Step.Read read) {
            Scene scene = new Scene(server(read.node()), 0, read.any(), 0);
            if (read.byIndexes()) {
                Reads.byIndexes(scene);
            } else {
                Reads.tables(scene);
            }
        } else if (step instanceof Step.Begin begin) {
            begin(new Scene(server(begin.node()), begin.step(), begin.any(), 20), begin.node());
        } else if (step instanceof Step.End end) {
            end(end.node(), end.commit());
        } else {
            operate(step);
        }
    }

    private void operate(Step step) {
        if (step instanceof Step.Checkpoint checkpoint) {
            server(checkpoint.node()).checkpoint();
        } else if (step instanceof Step.CatchUp catchUp) {
            server(catchUp.node()).catchUpWith(server(catchUp.primary()));
        } else if (step instanceof Step.Promote promote) {
            PostgresServer server = server(promote.node());
            server.promote();
            timelines.put(promote.node(), currentTimeline(server));
        } else if (step instanceof Step.Stop stop) {
            server(stop.node()).stop(stop.mode());
        } else if (step instanceof Step.Kill kill) {
            kill(server(kill.node()), kill.underLoad());
        } else if (step instanceof Step.Start start) {
            server(start.node()).start();
        } else if (step instanceof Step.Follow follow) {
            follow(follow.node(), follow.primary());
        } else if (step instanceof Step.StartAlone start) {
            forgetPrimary(server(start.node()));
            server(start.node()).start();
        } else if (step instanceof Step.Forget forget) {
            forgetWal(server(forget.node()));
        } else {
            throw new IllegalArgumentException(step.toString());
        }
    }

    private static void kill(PostgresServer server, boolean underLoad) {
        if (underLoad) {
            try (Writers writers = Writers.on(server)) {
                writers.await(UNDER_LOAD_MILLIS);
                writers.doom();
                server.kill();
            }
        } else {
            server.kill();
        }
    }

    private static int currentTimeline(PostgresServer server) {
        String file = server.value(
                server.release().isAtLeast(10)
                        ? "SELECT pg_walfile_name(pg_current_wal_lsn())"
                        : "SELECT pg_xlogfile_name(pg_current_xlog_location())");
        return Integer.parseInt(file.substring(0, 8), 16);
    }

    private static void forgetWal(PostgresServer server) {
        server.execute(
                "ALTER SYSTEM SET " + (server.release().isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments") + " = 0",
                "ALTER SYSTEM SET min_wal_size = '32MB'",
                "ALTER SYSTEM SET max_wal_size = '32MB'",
                "SELECT pg_reload_conf()");
        for (int i = 0; i < 3; i++) {
            server.execute("INSERT INTO bulk VALUES (1, 'forget')");
            server.switchWal();
            server.checkpoint();
        }
    }

    /** From now on its checkpoints remove what is not needed for anything else; one that runs already may not know of all needs. */
    static void keepNoWal(PostgresServer server) {
        server.checkpoint();
        server.execute("ALTER SYSTEM SET " + keptWal(server) + " = 0", "SELECT pg_reload_conf()");
    }

    static void keepWalAgain(PostgresServer server) {
        server.execute("ALTER SYSTEM RESET " + keptWal(server), "SELECT pg_reload_conf()");
    }

    private static String keptWal(PostgresServer server) {
        return server.release().isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments";
    }

    /**
     * Lets a standby find in the archive what its primary has removed since replay's end, and keep its own WAL, which its
     * primary's configuration has told it not to.
     */
    void restoreFromArchive(PostgresServer standby, String primary) {
        String recovery = standby.release().isAtLeast(12) ? "postgresql.auto.conf" : "recovery.conf";
        append(
                standby.dataDirectory().resolve(recovery),
                "restore_command = '" + archive().restoreCommand() + "'\nrecovery_target_timeline = '"
                        + timeline(primary) + "'\n");
        append(standby.dataDirectory().resolve("postgresql.auto.conf"), keptWal(standby) + " = 400\n");
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void follow(String node, String primary) {
        server(node).standbyOf(server(primary));
        server(node).start();
    }

    private static void forgetPrimary(PostgresServer server) {
        boolean inConfiguration = server.release().isAtLeast(12);
        Path file = server.dataDirectory().resolve(inConfiguration ? "postgresql.auto.conf" : "recovery.conf");
        String text = inConfiguration ? "primary_conninfo = ''\n" : "standby_mode = 'on'\n";
        try {
            if (inConfiguration) {
                Files.writeString(file, text, StandardOpenOption.APPEND);
            } else {
                Files.writeString(file, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin(Scene scene, String node) {
        try {
            Connection connection = scene.server().connection(Scene.DATABASE);
            open.computeIfAbsent(node, name -> new ArrayList<>()).add(connection);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                scene.run(statement, Schema.INSERT_ITEMS);
                scene.run(statement, "INSERT INTO ledger (k) SELECT @step * 1000 + g FROM generate_series(1, 30) g");
                scene.run(statement, "UPDATE ledger SET note = 'open @step' WHERE k % 23 = @any % 23");
                scene.run(statement, "DELETE FROM ledger WHERE k % 29 = @any % 29");
            }
        } catch (SQLException e) {
            Scene.tolerate(e);
        }
    }

    private void end(String node, boolean commit) {
        List<Connection> connections = open.remove(node);
        if (connections == null) {
            return;
        }
        for (Connection connection : connections) {
            try (connection) {
                if (commit) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            } catch (SQLException e) {
                // The server was stopped or killed in the meantime, and the transaction with it.
            }
        }
    }

    /** Leaves no transaction open, and stops the servers that take no part any more. */
    void stopOthers(Scenario of) {
        List.copyOf(open.keySet()).forEach(node -> end(node, false));
        Set<String> needed = new HashSet<>(List.of(of.source(), of.primary()));
        of.detour().ifPresent(needed::add);
        servers.forEach((node, server) -> {
            if (server.isRunning() && !needed.contains(node)) {
                server.stop(StopMode.IMMEDIATE);
            }
        });
    }

    Scenario scenario() {
        return scenario;
    }

    @Override
    public void close() {
        open.values().forEach(connections -> connections.forEach(Play::abandon));
        servers.values().forEach(PostgresServer::close);
    }

    private static void abandon(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // Its server is about to go.
        }
    }
}
