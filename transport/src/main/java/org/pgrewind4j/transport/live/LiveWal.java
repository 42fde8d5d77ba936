package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * The segments in the WAL directory of a running server. They are mostly read from front to back, so what is asked for at
 * once grows: little at first, to see whether the segment is there and begins as it should, then some megabytes.
 */
final class LiveWal implements WalSegmentSource {

    private static final int FIRST = 64 * 1024;

    private final LiveSessions sessions;
    private final CallGuard gate;
    private final DataPath directory;

    LiveWal(LiveSessions sessions, CallGuard gate) {
        this.sessions = sessions;
        this.gate = gate;
        this.directory = DataPath.of(sessions.facts().major() >= 10 ? "pg_wal" : "pg_xlog");
    }

    @Override
    public Optional<WalSegment> open(WalSegmentName name) throws IOException {
        gate.enter();
        Segment segment = new Segment(directory.resolve(name.fileName()));
        return segment.load(0) ? Optional.of(segment) : Optional.empty();
    }

    private final class Segment implements WalSegment {
        private final DataPath path;
        private ByteBuffer window = ByteBuffer.allocate(0);
        private long windowBegin;
        private int length = FIRST;

        Segment(DataPath path) {
            this.path = path;
        }

        /** Reads a stretch from a position on; false if the file is not there. */
        boolean load(long position) throws IOException {
            List<RangePiece> pieces = new RangeSplitter(List.of(new FileRange(path, position, length))).nextBatch();
            LiveBatch batch = new LiveBatch(pieces, LiveBatch.Kind.CONTENT);
            List<LiveBatch.Answer> answers = LiveWorkers.call(sessions, gate, batch::run);
            List<ByteBuffer> parts = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).length() < 0) {
                    return false;
                }
                parts.add(answers.get(i).bytes());
                if (answers.get(i).length() < pieces.get(i).length()) {
                    break;
                }
            }
            window = joined(parts);
            windowBegin = position;
            length = Math.min(2 * length, RangeSplitter.BATCH_BYTES);
            return true;
        }

        private static ByteBuffer joined(List<ByteBuffer> parts) {
            ByteBuffer joined = ByteBuffer.allocate(
                    parts.stream().mapToInt(ByteBuffer::remaining).sum());
            parts.forEach(joined::put);
            return joined.flip();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            gate.enter();
            if (position < windowBegin || position >= windowBegin + window.limit()) {
                if (!load(position) || window.limit() == 0) {
                    return -1;
                }
            }
            int begin = (int) (position - windowBegin);
            int count = Math.min(target.remaining(), window.limit() - begin);
            target.put(window.slice(begin, count));
            return count;
        }

        @Override
        public void close() {
            window = ByteBuffer.allocate(0);
        }
    }
}
