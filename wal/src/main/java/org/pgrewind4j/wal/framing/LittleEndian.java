package org.pgrewind4j.wal.framing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers within bytes, at any offset, in the byte order of every machine that the library knows. */
public final class LittleEndian {
    private static final VarHandle INT16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    public static int uint8(byte[] bytes, int offset) {
        return bytes[offset] & 0xFF;
    }

    public static int uint16(byte[] bytes, int offset) {
        return (short) INT16.get(bytes, offset) & 0xFFFF;
    }

    public static int int32(byte[] bytes, int offset) {
        return (int) INT32.get(bytes, offset);
    }

    public static long uint32(byte[] bytes, int offset) {
        return (int) INT32.get(bytes, offset) & 0xFFFF_FFFFL;
    }

    public static long int64(byte[] bytes, int offset) {
        return (long) INT64.get(bytes, offset);
    }
}
