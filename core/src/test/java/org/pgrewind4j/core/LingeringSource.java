package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;

/** Takes its time over each piece at times, so that what is short can be hit by a kill. */
final class LingeringSource extends PassingSource {

    private static final long PAUSE_NANOS = 200_000;

    private final BooleanSupplier lingers;

    /**
     * @param lingers asked before each piece
     */
    LingeringSource(Transport source, BooleanSupplier lingers) {
        super(source);
        this.lingers = lingers;
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        super.fetch(ranges, new PassingReceiver(receiver) {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                if (lingers.getAsBoolean()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                super.bytes(range, offset, chunk);
            }
        });
    }
}
