package org.pgrewind4j.testserver;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One round of a workload: where it runs and what makes its rows different from another round's. In its SQL,
 * {@code @round} stands for the round's number and {@code @rows} for its size.
 */
record WorkloadRound(PostgresServer server, int number, int rows) {

    static final String DATABASE = "postgres";

    /** Statements on one connection, each in a transaction of its own. */
    void execute(String... statements) {
        String[] own = new String[statements.length];
        for (int i = 0; i < own.length; i++) {
            own[i] = text(statements[i]);
        }
        server.execute(own);
    }

    /** Statements for what each of the two rounds before may have left, {@code @earlier} its number. */
    void executeForEarlier(String... statements) {
        for (int earlier = Math.max(1, number - 2); earlier < number; earlier++) {
            for (String sql : statements) {
                execute(sql.replace("@earlier", Integer.toString(earlier)));
            }
        }
    }

    /** Statements in one transaction. */
    void executeTogether(String... statements) {
        try (Connection connection = server.connection(DATABASE);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(text(sql));
            }
            connection.commit();
        } catch (SQLException e) {
            throw new TestServerException(e.getMessage() + "\nin: " + String.join("; ", statements), e);
        }
    }

    boolean since(int release) {
        return server.release().isAtLeast(release);
    }

    String text(String sql) {
        return sql.replace("@round", Integer.toString(number)).replace("@rows", Integer.toString(rows));
    }
}
