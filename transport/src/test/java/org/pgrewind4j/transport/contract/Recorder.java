package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;

/** Takes ranges, holds the calls to the receiver's contract, and keeps what came. */
class Recorder implements RangeReceiver {

    private enum State {
        OPEN,
        ENDED,
        VANISHED
    }

    private final List<FileRange> ranges;
    private final List<ByteArrayOutputStream> bytes = new ArrayList<>();
    private final List<State> states = new ArrayList<>();
    private final Thread caller = Thread.currentThread();

    Recorder(List<FileRange> ranges) {
        this.ranges = ranges;
        for (int i = 0; i < ranges.size(); i++) {
            bytes.add(new ByteArrayOutputStream());
            states.add(State.OPEN);
        }
    }

    /** Fetches ranges and returns what came. */
    static Recorder fetch(Transport transport, List<FileRange> ranges) throws IOException {
        Recorder recorder = new Recorder(ranges);
        transport.fetch(ranges, recorder);
        recorder.assertComplete();
        return recorder;
    }

    @Override
    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
        assertCall(range);
        ByteArrayOutputStream before = bytes.get(range);
        assertThat(offset).isEqualTo(ranges.get(range).offset() + before.size());
        assertThat(chunk.hasRemaining()).isTrue();
        byte[] piece = new byte[chunk.remaining()];
        chunk.get(piece);
        before.write(piece);
        assertThat((long) before.size()).isLessThanOrEqualTo(ranges.get(range).length());
    }

    @Override
    public void end(int range, long delivered) throws IOException {
        assertCall(range);
        assertThat(delivered).isEqualTo(bytes.get(range).size());
        states.set(range, State.ENDED);
    }

    @Override
    public void vanished(int range) throws IOException {
        assertCall(range);
        states.set(range, State.VANISHED);
    }

    private void assertCall(int range) {
        assertThat(Thread.currentThread()).isSameAs(caller);
        assertThat(states.get(range)).isEqualTo(State.OPEN);
    }

    void assertComplete() {
        assertThat(states).doesNotContain(State.OPEN);
    }

    /** What came of a range; empty if its file vanished. */
    Optional<byte[]> content(int range) {
        return states.get(range) == State.VANISHED
                ? Optional.empty()
                : Optional.of(bytes.get(range).toByteArray());
    }
}
