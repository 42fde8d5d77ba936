package org.pgrewind4j.testkit;

import java.nio.ByteBuffer;

/** Fields one after the other, each at a multiple of its size, as a compiler lays out a struct. */
final class AlignedFields {

    private final ByteBuffer bytes;

    AlignedFields(byte[] bytes) {
        this.bytes = WalBuilder.littleEndian(bytes);
    }

    AlignedFields align(int size) {
        bytes.position((bytes.position() + size - 1) & -size);
        return this;
    }

    AlignedFields int64(long value) {
        align(8).bytes.putLong(value);
        return this;
    }

    AlignedFields float64(double value) {
        align(8).bytes.putDouble(value);
        return this;
    }

    AlignedFields int32(int value) {
        align(4).bytes.putInt(value);
        return this;
    }

    AlignedFields bool(boolean value) {
        bytes.put((byte) (value ? 1 : 0));
        return this;
    }

    AlignedFields skip(int length) {
        bytes.position(bytes.position() + length);
        return this;
    }

    int position() {
        return bytes.position();
    }
}
