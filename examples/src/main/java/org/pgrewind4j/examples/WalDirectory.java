package org.pgrewind4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalSegmentHeader;

/** A directory of WAL segments of which nothing else is known: the segments themselves say how to read them. */
final class WalDirectory {

    /** Any size does to tell the names of segments from others: the numbers are not looked at. */
    private static final int SMALLEST_SEGMENT = 1 << 20;

    private final Path directory;
    private final WalSegmentHeader header;
    private final List<WalSegmentName> segments;

    private WalDirectory(Path directory, WalSegmentHeader header, List<WalSegmentName> segments) {
        this.directory = directory;
        this.header = header;
        this.segments = segments;
    }

    /**
     * Finds the segments.
     *
     * @param path their directory, or a data directory
     * @throws NoSuchFileException if neither has a segment that was written to
     */
    static WalDirectory find(Path path) throws IOException {
        for (Path directory : List.of(path, path.resolve("pg_wal"), path.resolve("pg_xlog"))) {
            Optional<WalDirectory> found = open(directory);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new NoSuchFileException(path.toString(), null, "there is no WAL segment");
    }

    private static Optional<WalDirectory> open(Path directory) throws IOException {
        DirectoryWalSource source = new DirectoryWalSource(directory);
        for (WalSegmentName name : segments(directory, SMALLEST_SEGMENT)) {
            try (WalSegment segment = source.open(name).orElseThrow()) {
                Optional<WalSegmentHeader> header = WalSegmentHeader.read(segment);
                if (header.isPresent()) {
                    int size = header.get().segmentSize();
                    return Optional.of(new WalDirectory(directory, header.get(), segments(directory, size)));
                }
            }
        }
        return Optional.empty();
    }

    /** In the order of WAL. */
    private static List<WalSegmentName> segments(Path directory, int segmentSize) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.flatMap(file -> WalSegmentName.parse(file.getFileName().toString(), segmentSize).stream())
                    .sorted(Comparator.comparing(WalSegmentName::begin).thenComparing(WalSegmentName::timeline))
                    .toList();
        }
    }

    /** In bytes. */
    int segmentSize() {
        return header.segmentSize();
    }

    /** Where the first segment begins. */
    Lsn begin() {
        return segments.get(0).begin();
    }

    /** A reader up to the end of a timeline: by default the newest one that has a segment here. */
    WalReader reader(Lsn start, Optional<TimelineId> timeline) throws IOException {
        TimelineId last = timeline.orElseGet(() -> segments.stream()
                .map(WalSegmentName::timeline)
                .max(Comparator.naturalOrder())
                .orElseThrow());
        return WalReader.open(new DirectoryWalSource(directory), header.version(), segmentSize(), history(last), start);
    }

    private TimelineHistory history(TimelineId timeline) throws IOException {
        Path file = directory.resolve(timeline.historyFileName());
        return Files.exists(file)
                ? TimelineHistory.parse(timeline, Files.readString(file))
                : TimelineHistory.ofSingle(timeline);
    }
}
