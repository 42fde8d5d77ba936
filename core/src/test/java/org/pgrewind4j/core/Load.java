package org.pgrewind4j.core;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pgrewind4j.testserver.PostgresServer;

/** Sessions that write until they are closed or their server goes away. */
final class Load implements AutoCloseable {

    private static final int SESSIONS = 3;

    private final List<Thread> sessions = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(SESSIONS);

    private volatile boolean stopped;

    private Load() {}

    static Load on(PostgresServer server) {
        server.execute("CREATE TABLE IF NOT EXISTS load (id serial PRIMARY KEY, session int, v text)");
        Load load = new Load();
        for (int i = 0; i < SESSIONS; i++) {
            int session = i;
            Thread thread = new Thread(() -> load.write(server, session), "load-" + session);
            thread.setDaemon(true);
            load.sessions.add(thread);
            thread.start();
        }
        return load;
    }

    private void write(PostgresServer server, int session) {
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement()) {
            for (int i = 0; !stopped; i++) {
                statement.execute("INSERT INTO load (session, v) SELECT " + session + ", repeat('x', " + i % 500
                        + ") FROM generate_series(1, 20)");
                statement.execute("UPDATE load SET v = 'y' WHERE id % 17 = " + i % 17 + " AND session = " + session);
                if (i == 3) {
                    begun.countDown();
                }
            }
        } catch (SQLException e) {
            // The server was killed, which is the point.
            begun.countDown();
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
    }
}
