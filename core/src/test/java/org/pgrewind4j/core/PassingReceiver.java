package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.pgrewind4j.transport.RangeReceiver;

/** Passes everything on to another receiver, as pieces: what a test wants to be different, it overrides. */
class PassingReceiver implements RangeReceiver {

    private final RangeReceiver receiver;

    PassingReceiver(RangeReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
        receiver.bytes(range, offset, chunk);
    }

    @Override
    public void end(int range, long delivered) throws IOException {
        receiver.end(range, delivered);
    }

    @Override
    public void vanished(int range) throws IOException {
        receiver.vanished(range);
    }
}
