package org.pgrewind4j.core.random;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;

/** A query under settings of its own. */
final class Session {

    private Session() {}

    /** The rows of two columns. */
    static List<List<String>> query(PostgresServer server, List<String> settings, String query) {
        try (Connection connection = server.connection(Scene.DATABASE);
                Statement statement = connection.createStatement()) {
            for (String setting : settings) {
                statement.execute("SET " + setting);
            }
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery(query)) {
                while (result.next()) {
                    rows.add(List.of(result.getString(1), result.getString(2)));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage() + "\nin: " + query, e);
        }
    }
}
