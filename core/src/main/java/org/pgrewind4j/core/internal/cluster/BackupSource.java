package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A backup of a working server, shown as the server that it was made of: a primary that is copied from the backup's begin to
 * its end, and that knows the timeline which is followed since.
 *
 * <p>All that a rewind concludes from a running primary rests on three things: the redo point in its control file before
 * the first file was read, its files as they were at some moment behind that, and the end of replay asked for after the last.
 * A backup is just that, made by others: {@link #controlFile} has the checkpoint of the label in place of the one that was
 * copied last, and {@link #replayEnd} is what {@link FollowedBranch} says. {@code CORRECTNESS.md} has the claims, section 11.
 *
 * <p>History files that the archives have and the backup lacks are listed as if they lay in it: a server that is to replay
 * to a timeline reads its history from {@code pg_wal} before it can ask anybody.
 */
public final class BackupSource implements Transport {

    private final Backup backup;
    private final WalSegmentSource wal;
    private @Nullable Known known;

    /** What is found out about the backup. */
    private record Known(ControlFile controlFile, ReplayEnd end, Map<DataPath, byte[]> histories) {}

    /**
     * Shows a backup.
     *
     * @param archives the caller's, which are asked for WAL and histories that the backup lacks
     */
    public BackupSource(Backup backup, List<WalSegmentSource> archives) {
        this.backup = backup;
        List<WalSegmentSource> chain = new ArrayList<>();
        chain.add(walOf(backup));
        chain.addAll(archives);
        this.wal = WalSegmentSource.firstOf(chain);
    }

    /** The WAL that the backup has itself, or the archive that belongs to it. */
    public static WalSegmentSource walOf(Backup backup) {
        return new WalSegmentSource() {
            @Override
            public Optional<WalSegment> open(WalSegmentName name) throws IOException {
                return backup.wal().open(name);
            }

            @Override
            public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
                return backup.wal().history(timeline);
            }
        };
    }

    private synchronized Known known() throws IOException {
        if (known == null) {
            known = find();
        }
        return known;
    }

    private Known find() throws IOException {
        ControlFile stored = backup.controlFile();
        BackupSpan span = BackupSpan.read(backup, stored, wal);
        requireImages(span, stored);
        FollowedBranch branch = FollowedBranch.find(backup, span, stored, wal);
        TimelineId timeline = branch.history().timeline();
        ControlFile controlFile = stored.patch()
                .checkPoint(span.start().checkPoint())
                .redo(span.start().redo(), span.timeline())
                .minRecoveryPoint(branch.end(), timeline)
                .build();
        return new Known(controlFile, new ReplayEnd(branch.end(), timeline, controlFile), histories(stored, branch));
    }

    /**
     * A primary writes no images for pages that were logged behind the last restartpoint it made as a standby, which need not
     * be the one that this backup began with.
     */
    private void requireImages(BackupSpan span, ControlFile stored) {
        boolean wentOn = !span.timeline().equals(span.endTimeline());
        if (span.origin() == BackupSpan.Origin.STANDBY && wentOn && !stored.hasDataChecksums()) {
            throw BackupSpan.unusable(
                    backup.description() + " was made of a standby whose primary went from timeline " + span.timeline()
                            + " to " + span.endTimeline()
                            + " meanwhile: the WAL since then need not have images of all pages, and one that was copied"
                            + " while it was written may stay torn",
                    "use another backup.");
        }
    }

    private Map<DataPath, byte[]> histories(ControlFile stored, FollowedBranch branch) throws IOException {
        Map<DataPath, byte[]> lacking = new TreeMap<>();
        for (TimelineSpan span : branch.history().spans()) {
            TimelineId timeline = span.timeline();
            DataPath path = BackupSpan.historyPath(stored, timeline);
            if (timeline.value() > 1 && !isStored(path)) {
                Optional<TimelineHistory> found =
                        timeline.equals(branch.history().timeline())
                                ? Optional.of(branch.history())
                                : wal.history(timeline);
                found.ifPresent(history -> lacking.put(path, history.format().getBytes(StandardCharsets.UTF_8)));
            }
        }
        return lacking;
    }

    private boolean isStored(DataPath path) throws IOException {
        try {
            backup.read(path, 1 << 20);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public String description() {
        return backup.description();
    }

    @Override
    public SourceMode mode() throws IOException {
        return backup.mode();
    }

    @Override
    public List<SourceProblem> problems() throws IOException {
        return backup.problems();
    }

    @Override
    public boolean isSame(DataPath place, Path directory) throws IOException {
        return backup.isSame(place, directory);
    }

    /**
     * As the server's was when the backup began.
     *
     * @throws ProblemException if no rewind can be made from the backup
     */
    @Override
    public ControlFile controlFile() throws IOException {
        return known().controlFile();
    }

    @Override
    public Optional<TimelineHistory> history(PostgresVersion version, TimelineId timeline) throws IOException {
        Optional<TimelineHistory> stored = backup.history(version, timeline);
        return stored.isPresent() ? stored : wal.history(timeline);
    }

    @Override
    public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        backup.list(closed, visitor);
        for (Map.Entry<DataPath, byte[]> history : known().histories().entrySet()) {
            if (closed.stream().noneMatch(directory -> history.getKey().startsWith(directory))) {
                visitor.visit(SourceFile.file(history.getKey(), history.getValue().length));
            }
        }
    }

    @Override
    public byte[] read(DataPath path, int maxLength) throws IOException {
        byte[] history = known().histories().get(path);
        if (history == null) {
            return backup.read(path, maxLength);
        }
        if (history.length > maxLength) {
            throw new IOException(
                    "file \"" + path + "\" of " + description() + " is longer than " + maxLength + " bytes");
        }
        return history.clone();
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        Map<DataPath, byte[]> histories = known().histories();
        int from = 0;
        for (int index = 0; index < ranges.size(); index++) {
            byte[] history = histories.get(ranges.get(index).path());
            if (history != null) {
                backup.fetch(ranges.subList(from, index), new ShiftedReceiver(receiver, from));
                give(ranges.get(index), history, index, receiver);
                from = index + 1;
            }
        }
        backup.fetch(ranges.subList(from, ranges.size()), new ShiftedReceiver(receiver, from));
    }

    private static void give(FileRange range, byte[] content, int index, RangeReceiver receiver) throws IOException {
        int begin = (int) Math.min(range.offset(), content.length);
        int length = (int) Math.min(range.end(), content.length) - begin;
        if (length > 0) {
            receiver.bytes(index, begin, ByteBuffer.wrap(content, begin, length).slice());
        }
        receiver.end(index, length);
    }

    /** A history file that only the archives have counts as different. */
    @Override
    public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
        Map<DataPath, byte[]> histories = known().histories();
        List<FileRange> stored = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        BitSet different = new BitSet(ranges.size());
        for (int index = 0; index < ranges.size(); index++) {
            if (histories.containsKey(ranges.get(index).path())) {
                different.set(index);
            } else {
                stored.add(ranges.get(index));
                indexes.add(index);
            }
        }
        backup.different(stored, directory).stream().forEach(index -> different.set(indexes.get(index)));
        return different;
    }

    /** The backup's own, then the archives'. */
    @Override
    public WalSegmentSource wal() {
        return wal;
    }

    /** Nobody removes what a backup has. */
    @Override
    public RetainedWal retainWal() {
        return RetainedWal.without(Lsn.INVALID);
    }

    @Override
    public ReplayEnd replayEnd() throws IOException {
        return known().end();
    }

    /** The backup stays its caller's. */
    @Override
    public void close() {
        // Nothing is held.
    }

    /** Passes ranges on under the indexes that they have in a longer list. */
    private record ShiftedReceiver(RangeReceiver receiver, int first) implements RangeReceiver {
        @Override
        public long transfer(int range, FileChannel file, long offset, long length) throws IOException {
            return receiver.transfer(first + range, file, offset, length);
        }

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
            receiver.bytes(first + range, offset, chunk);
        }

        @Override
        public void end(int range, long delivered) throws IOException {
            receiver.end(first + range, delivered);
        }

        @Override
        public void vanished(int range) throws IOException {
            receiver.vanished(first + range);
        }
    }
}
