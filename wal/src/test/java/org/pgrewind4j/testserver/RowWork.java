package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** The workload's rows: heap records of all kinds, toasted values, large objects. */
final class RowWork {

    private RowWork() {}

    static void prepare(WorkloadRound round) {
        round.execute(
                "CREATE TABLE accounts (id int PRIMARY KEY, owner int, balance int, note text)"
                        + " WITH (fillfactor = 80)",
                "CREATE INDEX ON accounts (owner)",
                "CREATE TABLE copied (id int, text text)",
                "CREATE TABLE documents (id int PRIMARY KEY, body text)",
                "ALTER TABLE documents ALTER body SET STORAGE EXTERNAL");
    }

    static void run(WorkloadRound round) {
        round.execute(
                // Some ids exist from earlier rounds: those go the way of a conflict, the others are speculative.
                "INSERT INTO accounts SELECT @round * 100000 + g, g % 10, g, repeat('n', g % 90)"
                        + " FROM generate_series(1, @rows) g",
                "INSERT INTO accounts SELECT g, g % 7, @round, 'conflict' FROM generate_series(1, @rows / 4) g"
                        + " ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + @round",
                "INSERT INTO accounts SELECT g, g % 7, @round, 'again' FROM generate_series(1, @rows / 2) g"
                        + " ON CONFLICT DO NOTHING",
                // HOT: no index covers the balance.
                "UPDATE accounts SET balance = balance + @round WHERE id % 5 = @round % 5",
                "UPDATE accounts SET owner = owner + 1 WHERE id % 11 = @round % 11",
                "UPDATE accounts SET note = repeat('longer', 20) WHERE id % 13 = @round % 13",
                "DELETE FROM accounts WHERE id % 17 = @round % 17",
                // Reads prune pages and set hint bits.
                "SELECT count(*) FROM accounts");
        copy(round);
        round.execute("DELETE FROM copied WHERE id % 3 = @round % 3");
    }

    private static void copy(WorkloadRound round) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < round.rows() * 2; i++) {
            lines.append(i).append('\t').append("copied in round ").append(round.number());
            lines.append('\n');
        }
        try (Connection connection = round.server().connection(WorkloadRound.DATABASE)) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY copied FROM STDIN", new StringReader(lines.toString()));
        } catch (SQLException | IOException e) {
            throw new TestServerException("could not copy rows in", e);
        }
    }

    static void largeValues(WorkloadRound round) {
        round.execute(
                "INSERT INTO documents SELECT @round * 100000 + g, repeat(md5((g * @round)::text), 200 + g)"
                        + " FROM generate_series(1, 5 + @rows / 50) g",
                "UPDATE documents SET body = body || 'more' WHERE id % 4 = @round % 4",
                "DELETE FROM documents WHERE id % 7 = @round % 7",
                "SELECT lo_from_bytea(0, convert_to(repeat('large object of round @round ', 500), 'UTF8'))",
                "SELECT lo_put(oid, 3000, 'changed in round @round') FROM pg_largeobject_metadata",
                "SELECT lo_unlink(min(oid)) FROM pg_largeobject_metadata HAVING count(*) > 2");
    }
}
