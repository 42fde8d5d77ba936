package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.Transport;

/** Delivers the first page of one file torn, a number of times, and remembers when it was asked for what. */
final class TearingSource extends PassingSource {

    private final DataPath torn;
    private int times;
    private final List<String> calls = new ArrayList<>();

    TearingSource(Transport source, DataPath torn, int times) {
        super(source);
        this.torn = torn;
        this.times = times;
    }

    /** "page" for each time that the page was asked for, and "end" for each question for the end of replay. */
    List<String> calls() {
        return calls;
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        super.fetch(ranges, new PassingReceiver(receiver) {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                boolean isTorn = ranges.get(range).path().equals(torn) && offset == 0;
                if (isTorn) {
                    calls.add("page");
                }
                super.bytes(range, offset, isTorn && times-- > 0 ? torn(chunk) : chunk);
            }
        });
    }

    private static ByteBuffer torn(ByteBuffer chunk) {
        ByteBuffer changed = ByteBuffer.allocate(chunk.remaining()).put(chunk).flip();
        changed.put(8000, (byte) (changed.get(8000) ^ 1));
        return changed;
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        calls.add("end");
        return super.replayEnd();
    }
}
