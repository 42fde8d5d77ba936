package org.pgrewind4j.examples.bench;

import org.pgrewind4j.testserver.PostgresServer;

/** Two kinds of WAL that cost a scan differently. */
public enum WalKind {
    /** Many records of about a hundred bytes, which name one block each: the work is per record. */
    SMALL_RECORDS {
        @Override
        void prepare(PostgresServer server, int megabytes) {
            server.execute("CREATE TABLE small (id int, n int, filler char(80))", "CREATE INDEX ON small (id)");
        }

        @Override
        void write(PostgresServer server, int round) {
            int first = round * ROWS;
            server.execute(
                    "INSERT INTO small SELECT g, g, '' FROM generate_series(" + first + ", " + (first + ROWS - 1)
                            + ") g",
                    "UPDATE small SET n = n + 1 WHERE id >= " + (first + ROWS / 2) + " AND id < " + (first + ROWS),
                    "DELETE FROM small WHERE id >= " + first + " AND id < " + (first + ROWS / 4));
        }
    },
    /** Nearly all bytes are full-page images, as after every checkpoint: the work is per byte. */
    PAGE_IMAGES {
        @Override
        void prepare(PostgresServer server, int megabytes) {
            server.execute(
                    "CREATE TABLE image (id int, n int, filler char(84)) WITH (fillfactor = 90)",
                    "INSERT INTO image SELECT g, 0, '' FROM generate_series(1, " + megabytes * 2000 + ") g");
        }

        @Override
        void write(PostgresServer server, int round) {
            server.execute("UPDATE image SET n = n + 1 WHERE id % 60 = " + round % 60, "CHECKPOINT");
        }
    };

    private static final int ROWS = 100_000;

    /** Creates what {@link #write} changes, enough of it for that much WAL. */
    abstract void prepare(PostgresServer server, int megabytes);

    /** Writes some megabytes of WAL of this kind. */
    abstract void write(PostgresServer server, int round);
}
