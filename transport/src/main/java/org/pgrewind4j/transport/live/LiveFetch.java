package org.pgrewind4j.transport.live;

import java.io.IOException;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.RangeReceiver;

/** Hands the pieces of a stream to a receiver of ranges. */
final class LiveFetch implements LiveStream.PieceReceiver {

    private final CallGuard gate;
    private final RangeReceiver receiver;

    /** How many bytes of the present range came. */
    private long delivered;

    LiveFetch(CallGuard gate, RangeReceiver receiver) {
        this.gate = gate;
        this.receiver = receiver;
    }

    @Override
    public boolean piece(RangePiece piece, LiveBatch.Answer answer) throws IOException {
        gate.proceed();
        if (answer.length() < 0) {
            receiver.vanished(piece.range());
            delivered = 0;
            return false;
        }
        if (answer.length() > 0) {
            receiver.bytes(piece.range(), piece.offset(), answer.bytes());
            delivered += answer.length();
        }
        // A short piece is the file's end at that moment. It may have grown since: what then follows would leave a gap.
        boolean goesOn = answer.length() == piece.length() && !piece.last();
        if (!goesOn) {
            long total = delivered;
            delivered = 0;
            receiver.end(piece.range(), total);
        }
        return goesOn;
    }
}
