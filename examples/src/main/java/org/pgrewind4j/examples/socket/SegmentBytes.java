package org.pgrewind4j.examples.socket;

import java.nio.ByteBuffer;
import org.pgrewind4j.transport.RangeReceiver;

/** Puts the bytes of one range into a buffer. */
final class SegmentBytes implements RangeReceiver {

    private final ByteBuffer target;
    private int count;
    private boolean isThere = true;

    SegmentBytes(ByteBuffer target) {
        this.target = target;
    }

    boolean isThere() {
        return isThere;
    }

    int count() {
        return count;
    }

    @Override
    public void bytes(int range, long offset, ByteBuffer chunk) {
        count += chunk.remaining();
        target.put(chunk);
    }

    @Override
    public void end(int range, long delivered) {}

    @Override
    public void vanished(int range) {
        isThere = false;
    }
}
