package org.pgrewind4j.transport.live;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.FileRange;

/**
 * The answers for ranges, piece by piece and in order, while several connections bring what comes next. At most two batches
 * for each connection are held.
 */
final class LiveStream implements Closeable {

    /** Takes the answers. */
    @FunctionalInterface
    interface PieceReceiver {
        /**
         * Takes one answer.
         *
         * @return whether to go on with this range; of the answers for the rest of it none is given
         */
        boolean piece(RangePiece piece, LiveBatch.Answer answer) throws IOException;
    }

    private record UnderWay(LiveBatch batch, Future<List<LiveBatch.Answer>> answers) {}

    private final RangeSplitter pieces;
    private final LiveBatch.Kind kind;
    private final int depth;
    private final LiveWorkers workers;
    private final Deque<UnderWay> underWay = new ArrayDeque<>();
    private int endedRange = -1;

    LiveStream(List<FileRange> ranges, LiveBatch.Kind kind, LiveSessions sessions, CallGuard gate, int connections) {
        this.pieces = new RangeSplitter(ranges);
        this.kind = kind;
        this.depth = 2 * connections;
        this.workers = new LiveWorkers(sessions, gate, connections);
    }

    void run(PieceReceiver receiver) throws IOException {
        for (UnderWay next = next(); next != null; next = next()) {
            List<LiveBatch.Answer> answers = workers.await(next.answers);
            List<RangePiece> asked = next.batch.pieces();
            for (int i = 0; i < asked.size(); i++) {
                RangePiece piece = asked.get(i);
                if (piece.range() != endedRange && !receiver.piece(piece, answers.get(i))) {
                    endedRange = piece.range();
                    pieces.endOf(endedRange);
                }
            }
        }
    }

    private @Nullable UnderWay next() {
        while (underWay.size() < depth) {
            List<RangePiece> batch = pieces.nextBatch();
            if (batch.isEmpty()) {
                break;
            }
            LiveBatch asked = new LiveBatch(batch, kind);
            underWay.add(new UnderWay(asked, workers.submit(asked::run)));
        }
        return underWay.poll();
    }

    @Override
    public void close() {
        workers.close();
    }
}
