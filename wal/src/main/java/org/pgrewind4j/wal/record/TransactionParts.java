package org.pgrewind4j.wal.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalCorruptException;

/**
 * The parts that records of transactions are made of, read one after the other. No length is believed: what is not
 * there is an error with the record's position, before anything is set aside for it.
 */
final class TransactionParts {

    /** PostgreSQL counts microseconds from the start of 2000 in UTC ({@code src/include/datatype/timestamp.h}). */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private static final int LOCATOR = 12;

    private final ByteBuffer bytes;
    private final Lsn begin;
    private final String kind;

    TransactionParts(ByteBuffer mainData, Lsn begin, String kind) {
        this.bytes = mainData.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.begin = begin;
        this.kind = kind;
    }

    int int32() {
        need(Integer.BYTES);
        return bytes.getInt();
    }

    long uint32() {
        return Integer.toUnsignedLong(int32());
    }

    int uint16() {
        need(Short.BYTES);
        return Short.toUnsignedInt(bytes.getShort());
    }

    Lsn lsn() {
        need(Long.BYTES);
        return new Lsn(bytes.getLong());
    }

    Instant time() {
        need(Long.BYTES);
        long microseconds = bytes.getLong();
        return EPOCH.plusSeconds(Math.floorDiv(microseconds, 1_000_000L))
                .plusNanos(Math.floorMod(microseconds, 1_000_000L) * 1000);
    }

    /** Transaction ids, as many as are announced. */
    List<Long> xids(long count) {
        need(count * Integer.BYTES);
        int[] xids = new int[(int) count];
        bytes.asIntBuffer().get(xids);
        skip(count * Integer.BYTES);
        return new Xids(xids);
    }

    /** Relations, as many as are announced. */
    List<RelFileLocator> relations(long count) {
        need(count * LOCATOR);
        List<RelFileLocator> relations = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            relations.add(new RelFileLocator(int32(), int32(), int32()));
        }
        return relations;
    }

    void skip(long length) {
        need(length);
        bytes.position(bytes.position() + (int) length);
    }

    /** Moves on to where PostgreSQL puts the next part of a state file: {@code MAXALIGN}. */
    void align(int from) {
        skip(-(bytes.position() - from) & 7);
    }

    int position() {
        return bytes.position();
    }

    /** A text that ends with a NUL, which is not part of it. */
    String text() {
        int from = bytes.position();
        while (true) {
            need(1);
            if (bytes.get() == 0) {
                break;
            }
        }
        return string(from, bytes.position() - 1 - from);
    }

    /** A text of a length that is given, with its NUL. */
    String text(int lengthWithNul) {
        int from = bytes.position();
        skip(lengthWithNul);
        int length = 0;
        while (length < lengthWithNul && bytes.get(from + length) != 0) {
            length++;
        }
        return string(from, length);
    }

    private String string(int from, int length) {
        byte[] text = new byte[length];
        bytes.get(from, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Makes sure that all has been read: what is left over was not understood. */
    void end() {
        if (bytes.hasRemaining()) {
            throw new WalCorruptException(
                    begin, bytes.remaining() + " bytes are left over behind the parts of a " + kind);
        }
    }

    private void need(long length) {
        if (length > bytes.remaining()) {
            throw new WalCorruptException(
                    begin,
                    "its main data ends within a part of a " + kind + ": expected " + length + " more bytes, found "
                            + bytes.remaining());
        }
    }
}
