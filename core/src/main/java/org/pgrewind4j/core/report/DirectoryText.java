package org.pgrewind4j.core.report;

import java.util.Optional;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.CreatedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.LoggedDatabase;

/**
 * What happened to a database or a tablespace.
 *
 * @param change in words. A database that was moved to another tablespace was created there and dropped here
 * @param oid its number, unsigned
 * @param name its name, or where a tablespace lies
 */
record DirectoryText(String change, long oid, Optional<String> name) {

    static DirectoryText of(DirectoryChange change, RelationNames names) {
        if (change instanceof FileCopyDatabase database) {
            return database("database created", database.database(), names);
        } else if (change instanceof LoggedDatabase database) {
            return database("database created", database.database(), names);
        } else if (change instanceof DroppedDatabase database) {
            return database("database dropped", database.database(), names);
        } else if (change instanceof CreatedTablespace tablespace) {
            return new DirectoryText(
                    "tablespace created",
                    Integer.toUnsignedLong(tablespace.tablespace()),
                    Optional.of(tablespace.location()).filter(location -> !location.isEmpty()));
        } else if (change instanceof DroppedTablespace tablespace) {
            return new DirectoryText(
                    "tablespace dropped", Integer.toUnsignedLong(tablespace.tablespace()), Optional.empty());
        }
        throw new IllegalStateException("a change that has no words: " + change);
    }

    private static DirectoryText database(String change, int oid, RelationNames names) {
        return new DirectoryText(change, Integer.toUnsignedLong(oid), names.database(Integer.toUnsignedLong(oid)));
    }

    @Override
    public String toString() {
        return change + ": " + name.map(known -> known + " (" + oid + ")").orElse(Long.toString(oid));
    }
}
