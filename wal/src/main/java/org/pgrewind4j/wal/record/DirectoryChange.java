package org.pgrewind4j.wal.record;

import java.util.List;
import java.util.stream.Collectors;
import org.pgrewind4j.timeline.Lsn;

/**
 * A record whose replay makes, copies or removes directories: those of databases and of tablespaces. Replay does so with
 * what lies on the disk at that moment, so these records can fail, or do what they did not do when they were written.
 *
 * <table>
 * <caption>By resource manager, and the upper half of the info byte; structures in bytes</caption>
 * <tr><th>record</th><th>kind</th><th>structure</th></tr>
 * <tr><td>{@link FileCopyDatabase}</td><td>Database {@code 0x00}</td>
 *     <td>database 4, tablespace 4, template 4, its tablespace 4</td></tr>
 * <tr><td>{@link LoggedDatabase}</td><td>Database {@code 0x10} from 15 on</td><td>database 4, tablespace 4</td></tr>
 * <tr><td>{@link DroppedDatabase}</td><td>Database {@code 0x10} up to 14, then {@code 0x20}</td>
 *     <td>database 4, tablespace 4; from 13 on: database 4, count 4, tablespaces 4 each</td></tr>
 * <tr><td>{@link CreatedTablespace}</td><td>Tablespace {@code 0x00}</td><td>tablespace 4, path up to a NUL</td></tr>
 * <tr><td>{@link DroppedTablespace}</td><td>Tablespace {@code 0x10}</td><td>tablespace 4</td></tr>
 * </table>
 *
 * <p>PostgreSQL: {@code src/include/commands/dbcommands_xlog.h}, {@code src/include/commands/tablespace.h}. Object
 * identifiers are unsigned numbers held in an {@code int}, which {@link Integer#toUnsignedString(int)} prints.
 */
public sealed interface DirectoryChange {

    /**
     * Which record says so.
     *
     * @return where it begins
     */
    Lsn lsn();

    /**
     * A database whose template's files were copied as they lay at that moment ({@code CREATE DATABASE ... STRATEGY =
     * FILE_COPY}, the only way up to 14), or that was moved to another tablespace. Replay copies the files again, so what
     * it finds in the template matters.
     *
     * @param lsn where the record begins
     * @param tablespace the new database's default tablespace
     * @param database the new database
     * @param templateTablespace the tablespace that was copied from
     * @param templateDatabase the database that was copied
     */
    record FileCopyDatabase(Lsn lsn, int tablespace, int database, int templateTablespace, int templateDatabase)
            implements DirectoryChange {
        /** For logs: the directory that is made, and the one that is copied. */
        @Override
        public String toString() {
            return "database " + Oids.path(tablespace, database) + " copied from "
                    + Oids.path(templateTablespace, templateDatabase) + " at " + lsn;
        }
    }

    /**
     * A database whose blocks are all in records of their own.
     *
     * @param lsn where the record begins
     * @param tablespace its default tablespace
     * @param database the database
     */
    record LoggedDatabase(Lsn lsn, int tablespace, int database) implements DirectoryChange {
        /** For logs: the directory that is made. */
        @Override
        public String toString() {
            return "database " + Oids.path(tablespace, database) + " created at " + lsn;
        }
    }

    /**
     * A database that was dropped, or moved away from a tablespace.
     *
     * @param lsn where the record begins
     * @param database the database
     * @param tablespaces where it had directories; up to 12 there is a record for each
     */
    record DroppedDatabase(Lsn lsn, int database, List<Integer> tablespaces) implements DirectoryChange {
        /**
         * Takes a copy of the list.
         *
         * @param lsn where the record begins
         * @param database the database
         * @param tablespaces where it had directories
         */
        public DroppedDatabase {
            tablespaces = List.copyOf(tablespaces);
        }

        /** For logs: the directories that are removed. */
        @Override
        public String toString() {
            return "database "
                    + tablespaces.stream()
                            .map(tablespace -> Oids.path(tablespace, database))
                            .collect(Collectors.joining(", "))
                    + " dropped at " + lsn;
        }
    }

    /**
     * A tablespace that was created.
     *
     * @param lsn where the record begins
     * @param tablespace the tablespace
     * @param location where it was put: an absolute path, or empty if it lies within the data directory
     */
    record CreatedTablespace(Lsn lsn, int tablespace, String location) implements DirectoryChange {
        /** For logs: the tablespace, and where it is. */
        @Override
        public String toString() {
            return "tablespace " + Integer.toUnsignedString(tablespace) + " created in \"" + location + "\" at " + lsn;
        }
    }

    /**
     * A tablespace that was dropped.
     *
     * @param lsn where the record begins
     * @param tablespace the tablespace
     */
    record DroppedTablespace(Lsn lsn, int tablespace) implements DirectoryChange {
        /** For logs: the tablespace. */
        @Override
        public String toString() {
            return "tablespace " + Integer.toUnsignedString(tablespace) + " dropped at " + lsn;
        }
    }
}
