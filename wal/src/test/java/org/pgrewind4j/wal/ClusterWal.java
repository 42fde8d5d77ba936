package org.pgrewind4j.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.framing.WalCursor;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/** A stopped cluster's WAL, with what is needed to read it. */
public record ClusterWal(ControlFile control, Path directory, TimelineHistory history) {

    public static ClusterWal of(Path dataDirectory) throws IOException {
        ControlFile control = ControlFile.parse(
                Files.readAllBytes(dataDirectory.resolve("global").resolve("pg_control")));
        Path directory = dataDirectory.resolve(control.version().walDirectory());
        TimelineId timeline = control.checkPointCopy().timeline();
        Path history = directory.resolve(timeline.historyFileName());
        return new ClusterWal(
                control,
                directory,
                Files.exists(history)
                        ? TimelineHistory.parse(timeline, Files.readString(history))
                        : TimelineHistory.ofSingle(timeline));
    }

    public WalSegmentSource source() {
        return new DirectoryWalSource(directory);
    }

    /** All segments, to be spoilt. */
    public MemoryWal inMemory() throws IOException {
        MemoryWal memory = new MemoryWal();
        for (WalSegmentName name : segments()) {
            memory.put(name, Files.readAllBytes(directory.resolve(name.fileName())));
        }
        return memory;
    }

    public int segmentSize() {
        return control.walSegmentSize();
    }

    /** The segments that are there, in the order of their names. */
    public List<WalSegmentName> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.flatMap(file -> WalSegmentName.parse(file.getFileName().toString(), segmentSize()).stream())
                    .sorted((a, b) -> a.fileName().compareTo(b.fileName()))
                    .toList();
        }
    }

    /** Where the first segment begins. */
    public Lsn begin() throws IOException {
        return segments().get(0).begin();
    }

    public WalReader open(Lsn start) {
        return WalReader.open(source(), control.version(), segmentSize(), history, start);
    }

    WalCursor cursor() {
        return new WalCursor(source(), control.version(), segmentSize(), history);
    }

    /** Reads from a position to the end. */
    public Listing read(Lsn start) throws IOException {
        return Listing.of(open(start));
    }

    /** All that a reader gives. */
    public record Listing(List<WalRecord> records, EndOfWal end) {
        public static Listing of(WalReader reader) throws IOException {
            try (reader) {
                List<WalRecord> records = new ArrayList<>();
                for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
                    records.add(record.get());
                }
                return new Listing(records, reader.end());
            }
        }

        public WalRecord last() {
            return records.get(records.size() - 1);
        }
    }
}
