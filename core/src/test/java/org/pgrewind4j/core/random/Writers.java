package org.pgrewind4j.core.random;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.pgrewind4j.testserver.PostgresServer;

/** Sessions that change everything until they are closed or their server goes away. */
final class Writers implements AutoCloseable {

    /** Steps of a scenario are far below, and sessions do not come to the next one's first step. */
    private static final int FIRST_STEP = 10_000;

    private static final int STEPS = 5_000;

    /** What earlier writers of this server, or of the one that it was copied from, have left. */
    private static final String EARLIER = "SELECT relname FROM pg_class WHERE relname LIKE 'writers %'";

    private static final int SESSIONS = 2;
    private static final int PAUSE_MILLIS = 2;

    private final List<Thread> sessions = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(SESSIONS);
    private final AtomicReference<SQLException> failed = new AtomicReference<>();

    private volatile boolean stopped;
    private volatile boolean doomed;

    private Writers() {}

    static Writers on(PostgresServer server) {
        int first = FIRST_STEP + SESSIONS * STEPS * server.query(EARLIER).size();
        server.execute("CREATE TABLE \"writers " + first + "\" (id int)");
        Writers writers = new Writers();
        for (int i = 0; i < SESSIONS; i++) {
            int own = first + i * STEPS;
            Thread thread = new Thread(() -> writers.write(server, own), "writer-" + i);
            thread.setDaemon(true);
            writers.sessions.add(thread);
            thread.start();
        }
        return writers;
    }

    private void write(PostgresServer server, int first) {
        try (Connection connection = server.connection(Scene.DATABASE);
                Statement statement = connection.createStatement()) {
            for (int step = first; !stopped; step++) {
                Scene scene = new Scene(server, step, step, 15);
                for (String sql : List.of(
                        Schema.INSERT_ITEMS,
                        "UPDATE items SET body = 'load', k = k + 1 WHERE id % 40 = @any % 40",
                        "DELETE FROM items WHERE id % 50 = @any % 50",
                        "INSERT INTO ledger (k) SELECT @step * 1000 + g FROM generate_series(1, 10) g",
                        "CREATE TABLE \"load @step\" AS SELECT g AS id, 'load'::text FROM generate_series(1, 50) g")) {
                    attempt(scene, statement, sql);
                }
                begun.countDown();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException e) {
            if (!doomed) {
                failed.set(e);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            begun.countDown();
        }
    }

    private static void attempt(Scene scene, Statement statement, String sql) throws SQLException {
        try {
            scene.run(statement, sql);
        } catch (SQLException e) {
            if (!Scene.isInTheWay(e)) {
                throw e;
            }
        }
    }

    /** Waits until every session has written, and a little longer. */
    void await(long milliseconds) {
        try {
            if (!begun.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the sessions did not write");
            }
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on a session may fail: its server is about to go. */
    void doom() {
        doomed = true;
    }

    /** Ends the sessions, if the server has not done so. */
    @Override
    public void close() {
        stopped = true;
        for (Thread session : sessions) {
            try {
                session.join(TimeUnit.SECONDS.toMillis(60));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        SQLException failure = failed.get();
        if (failure != null) {
            throw new AssertionError("a writer failed", failure);
        }
    }
}
