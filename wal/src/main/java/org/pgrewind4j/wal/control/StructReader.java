package org.pgrewind4j.wal.control;

import java.nio.ByteBuffer;
import org.pgrewind4j.timeline.Lsn;

/**
 * Reads the fields of a C struct. The struct must lie within the bytes as a whole.
 *
 * @param <F> the struct's fields
 */
final class StructReader<F extends Enum<F> & StructField> {
    private final ByteBuffer bytes;
    private final int start;
    private final StructLayout<F> layout;

    StructReader(ByteBuffer littleEndian, int start, StructLayout<F> layout) {
        this.bytes = littleEndian;
        this.start = start;
        this.layout = layout;
    }

    boolean has(F field) {
        return layout.has(field);
    }

    /** As C does: any bit makes it true. */
    boolean bool(F field) {
        return bytes.get(position(field)) != 0;
    }

    int int32(F field) {
        return bytes.getInt(position(field));
    }

    long int64(F field) {
        return bytes.getLong(position(field));
    }

    double float64(F field) {
        return bytes.getDouble(position(field));
    }

    Lsn lsn(F field) {
        return new Lsn(int64(field));
    }

    byte[] bytes(F field, int length) {
        byte[] copy = new byte[length];
        bytes.get(position(field), copy);
        return copy;
    }

    private int position(F field) {
        return start + layout.offset(field);
    }
}
