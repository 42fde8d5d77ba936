package org.pgrewind4j.core.internal.events;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

/**
 * What Java Flight Recorder is told of a rewind. Names and fields are described in the package's documentation, and
 * stay. There is one for each file or segment at the most, never for each page or record.
 */
public final class Events {

    private Events() {}

    /** What is timed. */
    public interface Operation {
        void run() throws IOException;
    }

    /**
     * Whether anything was recorded in this JVM so far. Until then no event's class may be touched: to prepare the first
     * one takes the JVM a tenth of a second.
     */
    static boolean areRecorded() {
        return FlightRecorder.isInitialized();
    }

    public static void fetch(List<FileRange> ranges, Operation operation) throws IOException {
        if (!areRecorded()) {
            operation.run();
            return;
        }
        FetchEvent event = new FetchEvent();
        event.begin();
        operation.run();
        if (event.shouldCommit()) {
            event.ranges = ranges.size();
            event.bytes = ranges.stream().mapToLong(FileRange::length).sum();
            event.commit();
        }
    }

    public static void apply(DataPath path, long bytes, Operation operation) throws IOException {
        if (!areRecorded()) {
            operation.run();
            return;
        }
        ApplyEvent event = new ApplyEvent();
        event.begin();
        operation.run();
        if (event.shouldCommit()) {
            event.path = path.toString();
            event.bytes = bytes;
            event.commit();
        }
    }

    public static void sync(Path path, Operation operation) throws IOException {
        if (!areRecorded()) {
            operation.run();
            return;
        }
        SyncEvent event = new SyncEvent();
        event.begin();
        operation.run();
        if (event.shouldCommit()) {
            event.path = path.toString();
            event.commit();
        }
    }

    @Name("org.pgrewind4j.Phase")
    @Label("Phase")
    @Category("pgrewind4j")
    @Description("A phase of planning or executing a rewind")
    @StackTrace(false)
    static final class PhaseEvent extends Event {
        @Label("Phase")
        String phase = "";

        @Label("Bytes")
        @Description("Bytes read, fetched, applied or verified")
        @DataAmount
        long bytes;
    }

    @Name("org.pgrewind4j.Fetch")
    @Label("Fetch")
    @Category("pgrewind4j")
    @Description("One request to the source for files and parts of files, until all had come")
    @StackTrace(false)
    static final class FetchEvent extends Event {
        @Label("Ranges")
        @Description("Files and parts of files that were asked for")
        int ranges;

        @Label("Bytes")
        @Description("Bytes that were asked for")
        @DataAmount
        long bytes;
    }

    @Name("org.pgrewind4j.Apply")
    @Label("Apply")
    @Category("pgrewind4j")
    @Description("A path of the target was changed")
    @Threshold("1 ms")
    @StackTrace(false)
    static final class ApplyEvent extends Event {
        @Label("Path")
        @Description("Relative to the data directory")
        String path = "";

        @Label("Bytes")
        @Description("Bytes of staged data that were put in place")
        @DataAmount
        long bytes;
    }

    @Name("org.pgrewind4j.Sync")
    @Label("Sync")
    @Category("pgrewind4j")
    @Description("A file's content, or the names in a directory, were forced to the disk")
    @Threshold("10 ms")
    @StackTrace(false)
    static final class SyncEvent extends Event {
        @Label("Path")
        String path = "";
    }

    @Name("org.pgrewind4j.WalSegment")
    @Label("WAL Segment")
    @Category("pgrewind4j")
    @Description("A WAL segment was read, from opening it to closing it")
    @StackTrace(false)
    static final class WalSegmentEvent extends Event {
        @Label("Segment")
        String segment = "";

        @Label("Bytes")
        @Description("Bytes that were read of it")
        @DataAmount
        long bytes;
    }
}
