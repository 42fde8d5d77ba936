package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.events.RecordedSegment;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;
import org.pgrewind4j.wal.record.WalSegmentHeader;

/**
 * Reads a target's WAL as its replay will: each segment is the cluster's and the one that its name says, and the records
 * follow each other from the redo point, over timeline switches, to the end of replay. Segments that the standby gets by
 * itself make gaps, on both sides of which the rest is read.
 */
final class ReplayWalCheck {

    private final Cluster cluster;
    private final Path directory;
    private final WalSegmentSource source;
    private final Predicate<WalSegmentName> restorable;
    private final ProgressCounter progress;
    private final List<WalSegmentName> toRestore = new ArrayList<>();
    private long records;

    ReplayWalCheck(Path target, Cluster cluster, Predicate<WalSegmentName> restorable, ProgressCounter progress) {
        this.cluster = cluster;
        this.directory =
                DataPath.of(cluster.controlFile().version().walDirectory()).in(target);
        this.source = RecordedSegment.of(new DirectoryWalSource(directory));
        this.restorable = restorable;
        this.progress = progress;
    }

    long records() {
        return records;
    }

    List<WalSegmentName> toRestore() {
        return toRestore;
    }

    /**
     * Reads all that replay needs.
     *
     * @throws VerificationException if it cannot be read to the end
     */
    void check(Manifest.ReplayPoints points) throws IOException {
        ControlFile control = cluster.controlFile();
        List<WalSegmentName> needed =
                WalFiles.needed(cluster.history(), control.walSegmentSize(), points.redo(), points.end());
        WalSegmentName first = null;
        WalSegmentName last = null;
        for (WalSegmentName name : needed) {
            if (isThere(name)) {
                first = first == null ? name : first;
                last = name;
            } else {
                toRestore.add(name);
                readRun(first, last, points);
                first = null;
            }
        }
        readRun(first, last, points);
    }

    private boolean isThere(WalSegmentName name) throws IOException {
        Path file = file(name);
        if (Files.notExists(file)) {
            if (restorable.test(name)) {
                return false;
            }
            throw new VerificationException(file, 0, "a WAL segment", "nothing");
        }
        long size = Files.size(file);
        if (size != name.segmentSize()) {
            throw new VerificationException(
                    file, Math.min(size, name.segmentSize()), name.segmentSize() + " bytes", size + " bytes");
        }
        try (WalSegment segment = source.open(name).orElseThrow()) {
            checkHeader(name, file, WalSegmentHeader.read(segment).orElse(null));
        }
        return true;
    }

    private Path file(WalSegmentName name) {
        return directory.resolve(name.fileName());
    }

    /** A segment that holds a switch point begins with a page that the timeline before it wrote. */
    private void checkHeader(WalSegmentName name, Path file, @Nullable WalSegmentHeader found) {
        ControlFile control = cluster.controlFile();
        TimelineId timeline = cluster.history().timelineAt(name.begin());
        WalSegmentHeader expected = new WalSegmentHeader(
                control.version(), timeline, name.begin(), control.systemIdentifier(), name.segmentSize());
        if (!expected.equals(found)) {
            throw new VerificationException(file, 0, describe(expected), found == null ? "none" : describe(found));
        }
    }

    private static String describe(WalSegmentHeader header) {
        return String.format(
                Locale.ROOT,
                "a segment header of release %s, system %s, timeline %s, position %s, size %d",
                header.version().release(),
                Long.toUnsignedString(header.systemIdentifier()),
                header.timeline(),
                header.begin(),
                header.segmentSize());
    }

    /** Reads segments that follow each other; there may be none between two gaps. */
    private void readRun(@Nullable WalSegmentName first, @Nullable WalSegmentName last, Manifest.ReplayPoints points)
            throws IOException {
        if (first == null || last == null) {
            return;
        }
        Lsn from = Lsn.max(first.begin(), points.redo());
        Lsn until = Lsn.min(last.end(), points.end());
        ControlFile control = cluster.controlFile();
        try (WalReader reader = WalReader.open(
                        source, control.version(), control.walSegmentSize(), cluster.history(), from)
                .until(until)) {
            Optional<WalRecord> record = reader.next();
            if (from.equals(points.redo()) && record.isPresent()) {
                requireRedoRecord(from, record.get());
            }
            for (Lsn done = from; record.isPresent(); record = reader.next()) {
                records++;
                progress.bytesDone(record.get().end().minus(done));
                done = record.get().end();
            }
            requireEnd(reader.end(), until);
        }
    }

    /** Recovery begins with the record at the redo point, and not with the next one behind it. */
    private void requireRedoRecord(Lsn redo, WalRecord first) {
        if (!first.begin().equals(redo)) {
            throw different(redo, "a record at the redo point " + redo, "the next one at " + first.begin());
        }
    }

    /** The last record before a gap may reach into it. */
    private void requireEnd(EndOfWal end, Lsn until) {
        boolean reachesIntoGap = end.reason() == EndOfWal.Reason.MISSING_SEGMENT && toRestore.contains(end.segment());
        if (end.reason() != EndOfWal.Reason.LIMIT && !reachesIntoGap) {
            throw different(end.position(), "WAL up to " + until, end.toString());
        }
    }

    private VerificationException different(Lsn position, String expected, String found) {
        int size = cluster.controlFile().walSegmentSize();
        Lsn lastOfSegment = new Lsn(position.value() | (size - 1));
        WalSegmentName segment = WalSegmentName.containing(cluster.history().timelineAt(lastOfSegment), position, size);
        return new VerificationException(file(segment), position.minus(segment.begin()), expected, found);
    }
}
