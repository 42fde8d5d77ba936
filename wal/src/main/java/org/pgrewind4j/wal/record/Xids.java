package org.pgrewind4j.wal.record;

import java.util.AbstractList;
import java.util.RandomAccess;

/** Transaction ids as they lie in a record, 4 bytes each: one record can hold millions. Never changes. */
final class Xids extends AbstractList<Long> implements RandomAccess {

    private final int[] xids;

    /** Keeps the array, which is nobody else's. */
    Xids(int[] xids) {
        this.xids = xids;
    }

    @Override
    public Long get(int index) {
        return Integer.toUnsignedLong(xids[index]);
    }

    @Override
    public int size() {
        return xids.length;
    }
}
