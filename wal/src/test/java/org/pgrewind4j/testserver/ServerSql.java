package org.pgrewind4j.testserver;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** SQL on one server over loopback TCP, a connection of its own for each call. */
final class ServerSql {

    private final int port;

    ServerSql(int port) {
        this.port = port;
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", PostgresServer.USER);
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("connectTimeout", "10");
        // Statements go as they are written: no prepared statements between the test and the server.
        properties.setProperty("preferQueryMode", "simple");
        return DriverManager.getConnection(url(database), properties);
    }

    void execute(String database, String... statements) {
        String current = "connect to " + database;
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                current = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new TestServerException(e.getMessage() + "\nin: " + current, e);
        }
    }

    List<List<String>> query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    String value = result.getString(i);
                    row.add(value == null ? "" : value);
                }
                rows.add(List.copyOf(row));
            }
            return List.copyOf(rows);
        } catch (SQLException e) {
            throw new TestServerException(e.getMessage() + "\nin: " + sql, e);
        }
    }
}
