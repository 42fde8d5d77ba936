package org.pgrewind4j.wal.control;

import java.util.EnumMap;
import java.util.Map;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * Where the fields of a C struct lie in one release, computed from their declarations as a C compiler does on a 64-bit
 * machine: in order, each at the next multiple of its alignment; the whole padded to the greatest alignment.
 *
 * @param <F> the struct's fields, in the order of their declaration
 */
final class StructLayout<F extends Enum<F> & StructField> {
    private final PostgresVersion version;
    private final Map<F, Integer> offsets;
    private final int size;

    private StructLayout(PostgresVersion version, Map<F, Integer> offsets, int size) {
        this.version = version;
        this.offsets = offsets;
        this.size = size;
    }

    static <F extends Enum<F> & StructField> StructLayout<F> of(Class<F> fields, PostgresVersion version) {
        Map<F, Integer> offsets = new EnumMap<>(fields);
        int end = 0;
        int greatestAlignment = 1;
        for (F field : fields.getEnumConstants()) {
            if (field.existsIn(version)) {
                int offset = align(end, field.alignment());
                offsets.put(field, offset);
                end = offset + field.size(version);
                greatestAlignment = Math.max(greatestAlignment, field.alignment());
            }
        }
        return new StructLayout<>(version, offsets, align(end, greatestAlignment));
    }

    private static int align(int offset, int alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    boolean has(F field) {
        return offsets.containsKey(field);
    }

    /** The field's first byte, counted from the struct's. */
    int offset(F field) {
        Integer offset = offsets.get(field);
        if (offset == null) {
            throw new IllegalArgumentException(version + " has no field " + field);
        }
        return offset;
    }

    /** The bytes of the whole struct. */
    int size() {
        return size;
    }
}
