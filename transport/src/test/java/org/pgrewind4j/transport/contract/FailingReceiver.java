package org.pgrewind4j.transport.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.pgrewind4j.transport.RangeReceiver;

/** Refuses at one of its methods, and counts what still comes then. */
final class FailingReceiver implements RangeReceiver {

    enum At {
        BYTES,
        END,
        VANISHED
    }

    private final At at;
    private final IOException failure = new IOException("no more");
    private boolean failed;
    private int callsAfterFailure;

    FailingReceiver(At at) {
        this.at = at;
    }

    @Override
    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
        called(At.BYTES);
    }

    @Override
    public void end(int range, long delivered) throws IOException {
        called(At.END);
    }

    @Override
    public void vanished(int range) throws IOException {
        called(At.VANISHED);
    }

    private void called(At method) throws IOException {
        if (failed) {
            callsAfterFailure++;
        }
        if (method == at) {
            failed = true;
            throw failure;
        }
    }

    IOException failure() {
        return failure;
    }

    int callsAfterFailure() {
        return callsAfterFailure;
    }
}
