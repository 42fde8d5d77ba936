package org.pgrewind4j.core.random;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.testserver.PostgresServer;

/**
 * Where and with what numbers an act runs. In its SQL, {@code @step} stands for a number that no other act of the
 * scenario has, {@code @any} for one drawn by chance, {@code @rows} for how much is to be done.
 *
 * <p>An act that waits for a lock of a transaction that stays open gives up, and what it did until then stays.
 */
record Scene(PostgresServer server, int step, int any, int rows) {

    static final String DATABASE = "postgres";

    /** A lock that is not to be had, a deadlock, a statement that takes too long behind one, a database in use. */
    private static final Set<String> IN_THE_WAY = Set.of("55P03", "40P01", "57014", "55006");

    void execute(String... statements) {
        executeIn(DATABASE, statements);
    }

    void executeIn(String database, String... statements) {
        try (Connection connection = server.connection(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                run(statement, sql);
            }
        } catch (SQLException e) {
            tolerate(e);
        }
    }

    void run(Statement statement, String sql) throws SQLException {
        String text = text(sql);
        try {
            statement.execute(text);
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + "\nin: " + text, e.getSQLState(), e);
        }
    }

    /** Goes on if something was in the way, and fails otherwise. */
    static void tolerate(SQLException e) {
        if (!isInTheWay(e)) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static boolean isInTheWay(SQLException e) {
        return IN_THE_WAY.contains(e.getSQLState());
    }

    /** One of the databases of acts, if there is any. */
    List<String> names(String query) {
        return server.query(text(query)).stream().map(row -> row.get(0)).toList();
    }

    boolean since(int release) {
        return server.release().isAtLeast(release);
    }

    String text(String sql) {
        return sql.replace("@step", Integer.toString(step))
                .replace("@any", Integer.toString(any))
                .replace("@rows", Integer.toString(rows));
    }
}
