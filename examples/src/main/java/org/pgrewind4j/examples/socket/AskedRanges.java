package org.pgrewind4j.examples.socket;

import java.util.BitSet;
import java.util.List;
import org.pgrewind4j.transport.FileRange;

/** Makes sure that a server sends what it was asked for: each range once, in order and without gaps, and no more of it. */
final class AskedRanges {

    private final List<FileRange> ranges;
    private final BitSet ended = new BitSet();
    private int current = -1;
    private long delivered;

    AskedRanges(List<FileRange> ranges) {
        this.ranges = ranges;
    }

    private boolean isOpen(int range) {
        if (range < 0 || range >= ranges.size() || ended.get(range)) {
            return false;
        }
        if (range != current) {
            if (delivered > 0) {
                return false;
            }
            current = range;
        }
        return true;
    }

    boolean came(int range, long offset, int length) {
        if (!isOpen(range)
                || length <= 0
                || offset != ranges.get(range).offset() + delivered
                || offset + length > ranges.get(range).end()) {
            return false;
        }
        delivered += length;
        return true;
    }

    boolean ended(int range, long count) {
        return isOpen(range) && count == delivered && end(range);
    }

    boolean vanished(int range) {
        return isOpen(range) && end(range);
    }

    private boolean end(int range) {
        ended.set(range);
        delivered = 0;
        return true;
    }

    boolean areAllEnded() {
        return ended.cardinality() == ranges.size();
    }
}
