package org.pgrewind4j.testkit.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

/** Does something before each call, and before each piece that a fetch brings. */
abstract class InterceptedTransport extends ForwardingTransport {

    InterceptedTransport(Transport delegate) {
        super(delegate);
    }

    /** Before a call is passed on. */
    abstract void before(TransportCall call) throws IOException;

    /** Before a piece of a fetch is passed on; returns how many of its bytes are. */
    abstract int beforeBytes(int length) throws IOException;

    /** After a piece was passed on in part. */
    abstract IOException afterPart();

    @Override
    public SourceMode mode() throws IOException {
        before(TransportCall.MODE);
        return super.mode();
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        before(TransportCall.PROBLEMS);
        return super.problems();
    }

    @Override
    public ControlFile controlFile() throws IOException {
        before(TransportCall.CONTROL_FILE);
        return super.controlFile();
    }

    @Override
    public Optional<TimelineHistory> history(PostgresVersion version, TimelineId timeline) throws IOException {
        before(TransportCall.HISTORY);
        return super.history(version, timeline);
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        before(TransportCall.LIST);
        super.list(closed, visitor);
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        before(TransportCall.READ);
        return super.read(path, maxLength);
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        before(TransportCall.FETCH);
        super.fetch(ranges, new RangeReceiver() {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                int whole = chunk.remaining();
                int passed = beforeBytes(whole);
                if (passed > 0) {
                    receiver.bytes(range, offset, chunk.slice(chunk.position(), passed));
                }
                if (passed < whole) {
                    throw afterPart();
                }
            }

            @Override
            public void end(int range, long delivered) throws IOException {
                receiver.end(range, delivered);
            }

            @Override
            public void vanished(int range) throws IOException {
                receiver.vanished(range);
            }
        });
    }

    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        before(TransportCall.DIFFERENT);
        return super.different(ranges, directory);
    }

    @Override
    public RetainedWal retainWal() throws IOException {
        before(TransportCall.RETAIN_WAL);
        return super.retainWal();
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        before(TransportCall.REPLAY_END);
        return super.replayEnd();
    }
}
