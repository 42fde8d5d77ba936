package org.pgrewind4j.core.internal.events;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.pgrewind4j.core.internal.events.Events.WalSegmentEvent;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentSource;

/** A WAL segment whose reading is recorded as an event. */
public final class RecordedSegment implements WalSegment {

    private final WalSegment segment;
    private final WalSegmentEvent event;

    private RecordedSegment(WalSegment segment, WalSegmentEvent event) {
        this.segment = segment;
        this.event = event;
    }

    /** The same segments, recorded once anyone has recorded anything. */
    public static WalSegmentSource of(WalSegmentSource source) {
        return name -> {
            if (!Events.areRecorded()) {
                return source.open(name);
            }
            WalSegmentEvent event = new WalSegmentEvent();
            event.segment = name.fileName();
            event.begin();
            return source.open(name).map(segment -> new RecordedSegment(segment, event));
        };
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int read = segment.read(target, position);
        event.bytes += Math.max(0, read);
        return read;
    }

    @Override
    public void close() throws IOException {
        segment.close();
        event.commit();
    }
}
