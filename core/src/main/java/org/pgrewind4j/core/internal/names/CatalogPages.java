package org.pgrewind4j.core.internal.names;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the rows of a system catalog from its files, as they lie on the disk. Only what is at the start of a row is
 * told, where columns have fixed places. A page or row that is not of the form is passed over: the result is names, and
 * nothing depends on them.
 *
 * <p>PostgreSQL: {@code src/include/storage/bufpage.h}; {@code src/include/storage/itemid.h};
 * {@code src/include/access/htup_details.h}, {@code HeapTupleHeaderData}.
 */
final class CatalogPages {

    /** How much a row is worth: rows of more recent transactions, and such as were not deleted, count for more. */
    enum Standing {
        /** Of a transaction that was rolled back. */
        ROLLED_BACK,
        /** Replaced or deleted. */
        ENDED,
        /** Perhaps replaced or deleted: that is not noted on the row yet. */
        DOUBTFUL,
        /** In force. */
        IN_FORCE
    }

    /** Takes rows. */
    interface Receiver {
        /**
         * Takes a row.
         *
         * @param row its columns; good until the receiver returns
         */
        void accept(Row row);
    }

    /** A row's columns, by where they are. */
    static final class Row {
        private final ByteBuffer page;
        private final int columns;
        private final int end;
        private final long hiddenOid;
        private final Standing standing;

        private Row(ByteBuffer page, int columns, int end, long hiddenOid, Standing standing) {
            this.page = page;
            this.columns = columns;
            this.end = end;
            this.hiddenOid = hiddenOid;
            this.standing = standing;
        }

        Standing standing() {
            return standing;
        }

        /** The OID, which up to 11 is no column. */
        long hiddenOid() {
            return hiddenOid;
        }

        boolean has(int length) {
            return end - columns >= length;
        }

        long oid(int at) {
            return Integer.toUnsignedLong(page.getInt(columns + at));
        }

        int letter(int at) {
            return Byte.toUnsignedInt(page.get(columns + at));
        }

        /** A column of the type {@code name}: 64 bytes, filled up with NULs. */
        String name(int at) {
            int length = 0;
            while (length < NAME && page.get(columns + at + length) != 0) {
                length++;
            }
            byte[] text = new byte[length];
            page.get(columns + at, text);
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    /** The length of a column of the type {@code name}. */
    static final int NAME = 64;

    private static final int PAGE = 8192;
    private static final int PAGE_HEADER = 24;
    private static final int POINTERS_END = 12;
    private static final int POINTER = 4;
    private static final int NORMAL = 1;

    private static final int ROW_HEADER = 23;
    private static final int XMAX = 4;
    private static final int INFO = 20;
    private static final int COLUMNS_BEGIN = 22;

    private static final int HAS_OID = 0x0008;
    private static final int XMIN_COMMITTED = 0x0100;
    private static final int XMIN_INVALID = 0x0200;
    private static final int XMAX_COMMITTED = 0x0400;
    private static final int XMAX_INVALID = 0x0800;

    private CatalogPages() {}

    /** Reads a catalog's main fork, all its files. */
    static void read(Path first, Receiver receiver) throws IOException {
        Path file = first;
        for (int number = 1; Files.isRegularFile(file); number++) {
            try (FileChannel channel = FileChannel.open(file)) {
                ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
                while (fill(channel, page)) {
                    readPage(page, receiver);
                }
            }
            file = first.resolveSibling(first.getFileName() + "." + number);
        }
    }

    private static boolean fill(FileChannel channel, ByteBuffer page) throws IOException {
        page.clear();
        while (page.hasRemaining()) {
            if (channel.read(page) < 0) {
                return false;
            }
        }
        return true;
    }

    static void readPage(ByteBuffer page, Receiver receiver) {
        int end = Math.min(Short.toUnsignedInt(page.getShort(POINTERS_END)), PAGE);
        for (int at = PAGE_HEADER; at + POINTER <= end; at += POINTER) {
            int pointer = page.getInt(at);
            int offset = pointer & 0x7FFF;
            int length = pointer >>> 17;
            if ((pointer >>> 15 & 3) == NORMAL && length > ROW_HEADER && offset + length <= PAGE) {
                readRow(page, offset, offset + length, receiver);
            }
        }
    }

    private static void readRow(ByteBuffer page, int begin, int end, Receiver receiver) {
        int info = Short.toUnsignedInt(page.getShort(begin + INFO));
        int columns = begin + Byte.toUnsignedInt(page.get(begin + COLUMNS_BEGIN));
        if (columns < begin + ROW_HEADER || columns > end) {
            return;
        }
        boolean hasOid = (info & HAS_OID) != 0 && columns - POINTER >= begin + ROW_HEADER;
        long oid = hasOid ? Integer.toUnsignedLong(page.getInt(columns - POINTER)) : 0;
        receiver.accept(new Row(page, columns, end, oid, standing(info, page.getInt(begin + XMAX))));
    }

    private static Standing standing(int info, int xmax) {
        // Both bits together stand for a row that is frozen.
        if ((info & XMIN_INVALID) != 0 && (info & XMIN_COMMITTED) == 0) {
            return Standing.ROLLED_BACK;
        }
        if (xmax == 0 || (info & XMAX_INVALID) != 0) {
            return Standing.IN_FORCE;
        }
        return (info & XMAX_COMMITTED) != 0 ? Standing.ENDED : Standing.DOUBTFUL;
    }
}
