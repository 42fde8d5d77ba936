package org.pgrewind4j.wal.scan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.framing.WalLayout;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.CreatedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.LoggedDatabase;

/** Decodes the records of databases and tablespaces, laid out as {@link DirectoryChange} says. */
final class DirectoryRecords {

    private static final int DATABASE = 4;
    private static final int KIND_MASK = 0xF0;
    private static final int TABLESPACE_CREATE = 0x00;
    private static final int TABLESPACE_DROP = 0x10;

    private final PostgresVersion version;
    private final WalLayout layout;

    DirectoryRecords(PostgresVersion version) {
        this.version = version;
        this.layout = WalLayout.of(version);
    }

    /** Takes a record of the database resource manager; returns whether its kind is known. */
    boolean readDatabase(WalCursor cursor, int kind, RangeFindings findings) {
        Optional<DirectoryChange> change = database(cursor, kind);
        change.ifPresent(findings::add);
        return change.isPresent();
    }

    /** What a record of the database or the tablespace resource manager says; empty if its kind is not known. */
    Optional<DirectoryChange> read(WalCursor cursor) {
        int kind = cursor.info() & KIND_MASK;
        return cursor.resourceManager() == DATABASE ? database(cursor, kind) : tablespace(cursor, kind);
    }

    private Optional<DirectoryChange> database(WalCursor cursor, int kind) {
        Lsn lsn = new Lsn(cursor.begin());
        if (kind == WalLayout.DATABASE_CREATE_BY_FILE_COPY) {
            int at = SpecialRecords.mainData(cursor, 16);
            return Optional.of(new FileCopyDatabase(
                    lsn, number(cursor, at + 4), number(cursor, at), number(cursor, at + 12), number(cursor, at + 8)));
        } else if (kind == layout.databaseCreateByWal()) {
            int at = SpecialRecords.mainData(cursor, 8);
            return Optional.of(new LoggedDatabase(lsn, number(cursor, at + 4), number(cursor, at)));
        } else if (kind == layout.databaseDrop()) {
            int at = SpecialRecords.mainData(cursor, 8);
            return Optional.of(new DroppedDatabase(lsn, number(cursor, at), tablespacesOfDropped(cursor, at + 4)));
        }
        return Optional.empty();
    }

    private List<Integer> tablespacesOfDropped(WalCursor cursor, int at) {
        if (!version.isAtLeast(PostgresVersion.V13)) {
            return List.of(number(cursor, at));
        }
        int count = number(cursor, at);
        if (count < 0 || count > cursor.content().mainDataLength() / Integer.BYTES - 2) {
            throw new WalCorruptException(
                    new Lsn(cursor.begin()),
                    "a dropped database with " + count + " tablespaces, in "
                            + cursor.content().mainDataLength() + " bytes");
        }
        List<Integer> tablespaces = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            tablespaces.add(number(cursor, at + i * Integer.BYTES));
        }
        return tablespaces;
    }

    /** Takes a record of the tablespace resource manager; one of an unknown kind says nothing. */
    void readTablespace(WalCursor cursor, int kind, RangeFindings findings) {
        tablespace(cursor, kind).ifPresent(findings::add);
    }

    private static Optional<DirectoryChange> tablespace(WalCursor cursor, int kind) {
        Lsn lsn = new Lsn(cursor.begin());
        if (kind == TABLESPACE_CREATE) {
            int at = SpecialRecords.mainData(cursor, 5);
            return Optional.of(new CreatedTablespace(lsn, number(cursor, at), location(cursor, at + 4)));
        } else if (kind == TABLESPACE_DROP) {
            int at = SpecialRecords.mainData(cursor, 4);
            return Optional.of(new DroppedTablespace(lsn, number(cursor, at)));
        }
        return Optional.empty();
    }

    private static String location(WalCursor cursor, int from) {
        int end = cursor.content().mainDataOffset() + cursor.content().mainDataLength();
        int length = 0;
        while (from + length < end && cursor.bytes()[from + length] != 0) {
            length++;
        }
        return new String(cursor.bytes(), from, length, StandardCharsets.UTF_8);
    }

    private static int number(WalCursor cursor, int at) {
        return LittleEndian.int32(cursor.bytes(), at);
    }
}
