package org.pgrewind4j.core.internal.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * What becomes of {@code pg_wal}.
 *
 * <p>Target and source share every segment that ends at or before the divergence: the target's stays, none is copied
 * unless the target lost it. From the segment on that contains the divergence, the source's are copied, on the newest
 * timeline of its history, which is the one that recovery reads first ({@code
 * src/backend/access/transam/xlogrecovery.c}, {@code XLogFileReadAnyTLI}) and which repeats the shared part of the
 * segment. What the target has there is removed: recovery would read it where the newer timeline's segment is missing.
 * But where a timeline ends within a segment, others than recovery read its own ({@link EndedTimelines}).
 */
public final class WalFiles {

    /** More than a checkpoint record takes, page header included. */
    private static final int LAST_RECORD = 1024;

    private static final String STATUS = "archive_status/";

    /** Backup history files are named after the segment in which the backup began. */
    private static final String BACKUP = ".backup";

    /** The directory with a slash: every path that is listed is held against it. */
    private final String prefix;

    private final int segmentSize;
    private final TimelineHistory history;
    private final Lsn divergence;
    private final Map<WalSegmentName, Long> onTarget = new HashMap<>();
    private final Map<WalSegmentName, Long> onSource = new HashMap<>();
    private final Set<String> backupsOfSource = new HashSet<>();

    /**
     * Prepares for one pair of clusters.
     *
     * @param directory {@code pg_wal}, or {@code pg_xlog} before 10
     * @param segmentSize bytes in a WAL segment
     * @param history the source's history
     * @param divergence the first position that is not shared
     */
    public WalFiles(String directory, int segmentSize, TimelineHistory history, Lsn divergence) {
        this.prefix = directory + "/";
        this.segmentSize = segmentSize;
        this.history = history;
        this.divergence = divergence;
    }

    /** Takes note of what one path is; to be called for all paths before the questions. */
    public void note(Listing.Pair pair) {
        if (!contains(pair.path())) {
            return;
        }
        if (pair.source() != null && pair.path().toString().endsWith(BACKUP)) {
            backupsOfSource.add(nameIn(pair.path()));
        }
        segment(nameIn(pair.path())).ifPresent(name -> {
            if (pair.target() != null) {
                onTarget.put(name, pair.target().size());
            }
            if (pair.source() != null) {
                onSource.put(name, pair.source().size());
            }
        });
    }

    public boolean contains(DataPath path) {
        return path.toString().startsWith(prefix);
    }

    /**
     * The segments that replay reads, each on the timeline from which it reads it.
     *
     * @param redo where replay starts
     * @param end where it must arrive
     * @return at least one segment, in order
     */
    public List<WalSegmentName> needed(Lsn redo, Lsn end) {
        return needed(history, segmentSize, redo, end);
    }

    /** As {@link #needed(Lsn, Lsn)}, for a cluster of that history. */
    public static List<WalSegmentName> needed(TimelineHistory history, int segmentSize, Lsn redo, Lsn end) {
        List<WalSegmentName> needed = new ArrayList<>();
        long last = number(Lsn.max(end.plus(-1), redo), segmentSize);
        for (long number = number(redo, segmentSize); Long.compareUnsigned(number, last) <= 0; number++) {
            needed.add(newest(history, segmentSize, number, end));
        }
        return needed;
    }

    /** On which timeline replay reads the segment with a number, if it ends there or behind. */
    public WalSegmentName newest(long number, Lsn end) {
        return newest(history, segmentSize, number, end);
    }

    private static WalSegmentName newest(TimelineHistory history, int segmentSize, long number, Lsn end) {
        Lsn last = Lsn.min(new Lsn((number + 1) * segmentSize - 1), end);
        return new WalSegmentName(history.timelineAt(last), number, segmentSize);
    }

    /** Which side one needed segment comes from: {@code MISSING} if neither has all of it. */
    public Origin origin(WalSegmentName needed) {
        if (isShared(needed) && isWhole(onTarget, needed)) {
            return Origin.TARGET;
        }
        return isWhole(onSource, needed) ? Origin.SOURCE : Origin.MISSING;
    }

    public boolean isWholeOnTarget(WalSegmentName name) {
        return isWhole(onTarget, name);
    }

    private boolean isWhole(Map<WalSegmentName, Long> side, WalSegmentName name) {
        Long size = side.get(name);
        return size != null && size == segmentSize;
    }

    /** Whether the target's segment of that name holds shared WAL only. */
    private boolean isShared(WalSegmentName name) {
        return !name.end().isAfter(divergence)
                && history.span(name.timeline()).isPresent()
                && name.begin()
                        .isBefore(history.span(name.timeline()).orElseThrow().end());
    }

    /** The actions that bring the segments from the source which replay needs and the target lacks. */
    public List<CopyFile> copies(Lsn redo, Lsn end) {
        return copies(redo, end, Set.of());
    }

    private List<CopyFile> copies(Lsn redo, Lsn end, Set<WalSegmentName> granted) {
        List<WalSegmentName> wanted = new ArrayList<>(needed(redo, end));
        WalSegmentName last = wanted.get(wanted.size() - 1);
        if (last.end().minus(end) < LAST_RECORD) {
            // The end can be the start of a stopped source's last record, which then continues in the next segment.
            wanted.add(last.next());
        }
        return wanted.stream()
                .filter(name -> switch (origin(name)) {
                    case SOURCE -> true;
                    case MISSING -> granted.contains(name);
                    case TARGET, ARCHIVE, RESTORED_BY_STANDBY -> false;
                })
                .map(name -> new CopyFile(path(name), segmentSize))
                .toList();
    }

    /**
     * As {@link #copies}, for an end that a running source has come to since it was listed: the segments that it has
     * begun since then are taken for granted. One that has none begins none.
     */
    public List<CopyFile> copiesUpTo(Lsn redo, Lsn end) {
        Optional<WalSegmentName> newest = onSource.keySet().stream().max(Comparator.comparing(WalSegmentName::begin));
        Set<WalSegmentName> begunSince = needed(redo, end).stream()
                .filter(name ->
                        newest.isPresent() && name.begin().isAfter(newest.get().begin()))
                .collect(Collectors.toSet());
        return copies(redo, end, begunSince);
    }

    public DataPath path(WalSegmentName name) {
        return DataPath.of(prefix + name.fileName());
    }

    /** Whether a path is a segment, a partial segment, or the archive status of one. */
    public boolean isOfSegment(DataPath path) {
        return contains(path) && segmentOf(path).isPresent();
    }

    private Optional<WalSegmentName> segmentOf(DataPath path) {
        String name = nameIn(path);
        return segment(stripped(name.startsWith(STATUS) ? name.substring(STATUS.length()) : name));
    }

    /**
     * Decides on one path {@link #isOfSegment}. The copies themselves are {@link #copies}.
     *
     * @param pair the path and both sides
     * @param copied the paths of the segments that come from the source
     * @return what else to do with the path, empty for nothing
     */
    public Optional<FileAction> decide(Listing.Pair pair, Set<DataPath> copied) {
        WalSegmentName segment = segmentOf(pair.path()).orElseThrow();
        Optional<String> backup = backup(nameIn(pair.path()));
        if (backup.isPresent()) {
            return backupStatus(pair, backup.get());
        }
        return nameIn(pair.path()).startsWith(STATUS)
                ? status(pair, segment, copied)
                : segmentFile(pair, segment, copied);
    }

    private Optional<FileAction> segmentFile(Listing.Pair pair, WalSegmentName segment, Set<DataPath> copied) {
        boolean stays = isShared(segment) || copied.contains(pair.path());
        return pair.target() == null || stays ? Optional.empty() : Optional.of(new RemoveFile(pair.path()));
    }

    /** A status file goes where its segment goes, so that a later promotion archives neither too much nor too little. */
    private Optional<FileAction> status(Listing.Pair pair, WalSegmentName segment, Set<DataPath> copied) {
        if (copied.contains(path(segment))) {
            if (isEndOfTimeline(segment)) {
                boolean stays = pair.target() == null || pair.path().toString().endsWith(segment.fileName() + ".done");
                return stays ? Optional.empty() : Optional.of(new RemoveFile(pair.path()));
            }
            if (pair.source() != null) {
                return pair.target() == null
                        ? Optional.of(new CopyFile(pair.path(), pair.source().size()))
                        : Optional.empty();
            }
        } else if (isShared(segment)) {
            return Optional.empty();
        }
        return pair.target() == null ? Optional.empty() : Optional.of(new RemoveFile(pair.path()));
    }

    /** Whether a segment is that of {@link EndedTimelines}, which has a status of its own, if it is not the target's. */
    private boolean isEndOfTimeline(WalSegmentName segment) {
        return history.span(segment.timeline())
                .filter(span -> EndedTimelines.endsWithin(segment, span))
                .isPresent();
    }

    /** The backup history file that a status file refers to. */
    private static Optional<String> backup(String name) {
        int end = name.startsWith(STATUS) ? name.lastIndexOf('.') : -1;
        return end > 0 && name.startsWith(BACKUP, end - BACKUP.length())
                ? Optional.of(name.substring(STATUS.length(), end))
                : Optional.empty();
    }

    /**
     * A backup history file that the source does not have is removed, whether or not its segment is shared. Its status
     * goes too: before 12 an archiver never gets past a {@code .ready} whose file is gone
     * ({@code src/backend/postmaster/pgarch.c}, {@code pgarch_ArchiverCopyLoop}).
     */
    private Optional<FileAction> backupStatus(Listing.Pair pair, String backup) {
        if (!backupsOfSource.contains(backup)) {
            return pair.target() == null ? Optional.empty() : Optional.of(new RemoveFile(pair.path()));
        }
        return pair.target() != null || pair.source() == null
                ? Optional.empty()
                : Optional.of(new CopyFile(pair.path(), pair.source().size()));
    }

    private String nameIn(DataPath path) {
        return path.toString().substring(prefix.length());
    }

    /** The segment that a name refers to: {@code .partial}, {@code .ready} and {@code .done} are of the same one. */
    private static String stripped(String name) {
        int dot = name.indexOf('.');
        return dot < 0 || name.endsWith(".backup") || name.endsWith(".history") ? name : name.substring(0, dot);
    }

    private Optional<WalSegmentName> segment(String fileName) {
        return WalSegmentName.parse(fileName, segmentSize);
    }

    private static long number(Lsn position, int segmentSize) {
        return Long.divideUnsigned(position.value(), segmentSize);
    }
}
