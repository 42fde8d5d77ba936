package org.pgrewind4j.core.random;

import java.util.List;

/** Databases and tablespaces. Tablespaces lie within the data directory: all servers are on one machine. */
final class DatabaseActs {

    private static final String DATABASES =
            "SELECT datname FROM pg_database WHERE datname LIKE 'db %' ORDER BY md5(datname || '@any') LIMIT 1";
    private static final String SPACES =
            "SELECT spcname FROM pg_tablespace WHERE spcname LIKE 'space %' ORDER BY md5(spcname || '@any') LIMIT 1";

    private DatabaseActs() {}

    static List<Act> all() {
        return List.of(
                Act.doing("create a database", scene -> create(scene, "template1")),
                Act.doing("copy a database", scene -> scene.names(DATABASES).forEach(name -> create(scene, name))),
                Act.doing("work in a database", DatabaseActs::work),
                Act.doing(
                        "drop a database",
                        scene -> scene.names(DATABASES)
                                .forEach(name -> scene.execute("DROP DATABASE \"" + name + "\""))),
                Act.since(
                        10,
                        "create a tablespace",
                        "CREATE TABLESPACE \"space @step\" LOCATION ''",
                        "CREATE TABLE \"in space @step\" TABLESPACE \"space @step\" AS SELECT g AS id"
                                + " FROM generate_series(1, @rows) g"),
                Act.of(
                        "write rows in a tablespace",
                        "INSERT INTO \"in space 0\" SELECT @step * 1000 + g, 'outside'"
                                + " FROM generate_series(1, @rows) g",
                        "UPDATE \"in space 0\" SET body = 'x' WHERE id % 7 = 1",
                        "REINDEX TABLE \"in space 0\""),
                Act.doing(
                        "move a table to a tablespace",
                        scene -> scene.names(SPACES)
                                .forEach(name ->
                                        scene.execute("ALTER TABLE documents SET TABLESPACE \"" + name + "\""))),
                Act.of("move a table back", "ALTER TABLE documents SET TABLESPACE pg_default"),
                Act.since(
                        10,
                        "use a tablespace that does not live long",
                        "CREATE TABLESPACE shortlived LOCATION ''",
                        "CREATE TABLE passing TABLESPACE shortlived AS SELECT g FROM generate_series(1, 100) g",
                        "DROP TABLE passing",
                        "DROP TABLESPACE shortlived"));
    }

    private static void create(Scene scene, String template) {
        String strategy = "";
        if (scene.since(15)) {
            strategy = scene.any() % 2 == 0 ? " STRATEGY wal_log" : " STRATEGY file_copy";
        }
        String space = scene.any() % 5 == 0 ? " TABLESPACE \"space 0\"" : "";
        scene.execute("CREATE DATABASE \"db @step\" TEMPLATE \"" + template + "\"" + strategy + space);
    }

    private static void work(Scene scene) {
        for (String name : scene.names(DATABASES)) {
            scene.executeIn(
                    name,
                    "CREATE TABLE IF NOT EXISTS inside (id int PRIMARY KEY, body text)",
                    "INSERT INTO inside SELECT @step * 1000 + g, 'inside' FROM generate_series(1, @rows) g",
                    "UPDATE inside SET body = 'changed' WHERE id % 5 = @any % 5",
                    "DELETE FROM inside WHERE id % 7 = @any % 7");
        }
    }
}
