package org.pgrewind4j.core.internal.rewind.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/** What must hold before a rewind can be thought of. Collects everything that does not, each with its cure. */
public final class Preconditions {

    /** No WAL of such a server makes a copy of it. */
    public static final String AFTER_MINIMAL =
            "re-create the target from a base backup that is taken with wal_level = replica or" + " higher.";

    private static final String AFTER_RESET = "re-create the target from a base backup of the source.";

    /** Behind the header of a segment (PostgreSQL: {@code src/include/access/xlog_internal.h}, {@code SizeOfXLogLongPHD}). */
    private static final int FIRST_RECORD = 40;

    private final List<Problem> problems = new ArrayList<>();

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    public boolean has(Kind kind) {
        return problems.stream().anyMatch(problem -> problem.kind() == kind);
    }

    public void add(Problem problem) {
        problems.add(problem);
    }

    public void add(Kind kind, String message, String cure) {
        add(new Problem(kind, message, cure));
    }

    /** Whether one of the sides is, or may be, written to by a server that it must not have. */
    public boolean findServers() {
        return problems.stream()
                .anyMatch(
                        problem -> problem.kind() == Kind.TARGET_RUNNING || problem.kind() == Kind.SOURCE_NOT_STOPPED);
    }

    public void addMissing(MissingWalException missing, ControlFile target) {
        add(
                Kind.WAL_MISSING_FOR_SCAN,
                PgRewindException.withoutHint(missing),
                "bring the segments back into the target's " + target.version().walDirectory()
                        + ", or name an archive that has them.");
    }

    public void addEarlyEnd(WalEndsTooEarlyException early, ControlFile target) {
        add(
                Kind.WAL_ENDS_EARLY,
                PgRewindException.withoutHint(early),
                "bring an undamaged segment " + early.end().segment() + " back into the target's "
                        + target.version().walDirectory()
                        + " from a WAL archive, or re-create the target from a base backup.");
    }

    /** The two must be of one origin, one release, and one layout. */
    public void checkPair(ControlFile target, ControlFile source) {
        if (target.systemIdentifier() != source.systemIdentifier()) {
            add(
                    Kind.DIFFERENT_SYSTEM,
                    "the clusters are from different systems: system identifier %s on the target, %s on the source"
                            .formatted(unsigned(target.systemIdentifier()), unsigned(source.systemIdentifier())),
                    "check the paths; a cluster can only be rewound to one that was a copy of it.");
        }
        if (target.version() != source.version()) {
            add(
                    Kind.DIFFERENT_RELEASE,
                    "the clusters are of different releases: PostgreSQL %s on the target, %s on the source"
                            .formatted(
                                    target.version().release(), source.version().release()),
                    "after an upgrade of the source, re-create the target from a base backup.");
        }
        checkSize("block size", target.blockSize(), source.blockSize());
        checkSize("blocks per relation segment", target.relationSegmentBlocks(), source.relationSegmentBlocks());
        checkSize("WAL block size", target.walBlockSize(), source.walBlockSize());
        checkSize("data checksum version", target.dataChecksumVersion(), source.dataChecksumVersion());
        checkSize("WAL segment size", target.walSegmentSize(), source.walSegmentSize());
    }

    private static String unsigned(long number) {
        return Long.toUnsignedString(number);
    }

    private void checkSize(String what, int target, int source) {
        if (target != source) {
            add(
                    Kind.DIFFERENT_LAYOUT,
                    String.format(
                            Locale.ROOT,
                            "the clusters differ in %s: %d on the target, %d on the source",
                            what,
                            target,
                            source),
                    "re-create the target from a base backup.");
        }
    }

    /** The target's WAL must name every page that changed, and its pages must be of one state. */
    public void checkTarget(ControlFile target) {
        if (isReset(target)) {
            add(
                    Kind.TARGET_NOT_CONSISTENT,
                    "pg_resetwal was run on the target, so its WAL does not name the pages that changed",
                    AFTER_RESET);
            return;
        }
        if (!target.hasDataChecksums() && !target.walLogHints()) {
            add(
                    Kind.HINT_BITS_NOT_LOGGED,
                    "the target has neither data checksums nor wal_log_hints = on",
                    "its WAL does not name all changed pages: re-create the target from a base backup, and set one of"
                            + " the two for the next time.");
        }
        if (target.settings().walLevel() == WalLevel.MINIMAL) {
            add(
                    Kind.WAL_LEVEL_MINIMAL,
                    "the target ran with wal_level = minimal, so its WAL does not name all changed pages",
                    "re-create the target from a base backup.");
        }
        if (isHalfRestored(target)) {
            add(
                    Kind.TARGET_NOT_CONSISTENT,
                    "the target is half restored: it stopped before it reached the end of its backup or rewind",
                    "start it as a standby until it is consistent, stop it, and rewind again.");
        }
    }

    /** What {@link #checkTarget} asks of the target's last start must hold for all since the divergence. */
    public void checkStarts(ControlFile target, ChangedBlocks changed, Lsn divergence) {
        if (!target.hasDataChecksums() && target.walLogHints()) {
            new HintLoggingGaps(changed, divergence)
                    .gap()
                    .ifPresent(gap -> add(
                            Kind.HINT_BITS_NOT_LOGGED,
                            "the target has no data checksums, and " + gap,
                            "its WAL may not name all changed pages: re-create the target from a base backup."));
        }
        changed.parameterChanges().stream()
                .filter(change ->
                        change.walLevel() == WalLevel.MINIMAL && !change.lsn().isBefore(divergence))
                .findFirst()
                .ifPresent(change -> add(
                        Kind.WAL_LEVEL_MINIMAL,
                        "the target's server was started with wal_level = minimal at " + change.lsn()
                                + ", so its WAL does not name all changed pages",
                        "re-create the target from a base backup."));
    }

    /**
     * Whether the last that was done to a cluster is {@code pg_resetwal} ({@code src/bin/pg_resetwal/pg_resetwal.c},
     * {@code RewriteControlFile}): its checkpoint is the first record of a segment, and its settings say less than any
     * server's that was ever followed. What the server had set before cannot be told any more.
     */
    private static boolean isReset(ControlFile cluster) {
        Lsn checkPoint = cluster.checkPoint();
        return cluster.settings().walLevel() == WalLevel.MINIMAL
                && checkPoint.equals(cluster.checkPointCopy().redo())
                && Long.remainderUnsigned(checkPoint.value(), cluster.walSegmentSize()) == FIRST_RECORD;
    }

    private static boolean isHalfRestored(ControlFile cluster) {
        return cluster.backupEndRequired()
                || cluster.backupStartPoint().isValid()
                || cluster.backupEndPoint().isValid();
    }

    /**
     * What forbids to take files from a source. Without {@code full_page_writes} nothing mends a page that was read while it
     * was written; nobody writes to a stopped source.
     */
    public void checkSource(ControlFile source, SourceMode mode, List<SourceProblem> found) {
        if (isHalfRestored(source)) {
            add(
                    Kind.SOURCE_UNUSABLE,
                    "the source is half restored: it stopped before it reached the end of its backup or rewind",
                    "start it as a standby until it is consistent, and rewind again.");
        }
        checkServer(found);
        boolean fullPageWritesNamed =
                found.stream().anyMatch(problem -> problem.kind() == SourceProblem.Kind.FULL_PAGE_WRITES_OFF);
        if (mode != SourceMode.STOPPED && !source.checkPointCopy().fullPageWrites() && !fullPageWritesNamed) {
            add(
                    Kind.FULL_PAGE_WRITES_OFF,
                    "full_page_writes was off on the source at its last checkpoint",
                    "set full_page_writes = on there, run a CHECKPOINT, and rewind again.");
        }
    }

    /** What a source says of itself, which may be all that can be read of it. */
    public void checkServer(List<SourceProblem> found) {
        found.forEach(problem -> add(kind(problem), problem.message(), problem.cure()));
    }

    /** What a source's control file says of its WAL, without a look at that. */
    public void checkWalOf(ControlFile source) {
        if (isReset(source)) {
            add(
                    Kind.SOURCE_UNUSABLE,
                    "pg_resetwal was run on the source, so it has no WAL that leads from the divergence to its files",
                    AFTER_RESET);
        } else if (source.settings().walLevel() == WalLevel.MINIMAL) {
            add(
                    Kind.SOURCE_WAL_LEVEL_MINIMAL,
                    "the source runs with wal_level = minimal, so its WAL does not hold all that it changes",
                    AFTER_MINIMAL);
        }
    }

    private static Kind kind(SourceProblem problem) {
        return switch (problem.kind()) {
            case SERVER_RUNNING, NOT_SHUT_DOWN -> Kind.SOURCE_NOT_STOPPED;
            case FULL_PAGE_WRITES_OFF -> Kind.FULL_PAGE_WRITES_OFF;
            case NOT_PERMITTED, UNSUPPORTED_RELEASE, OTHER -> Kind.SOURCE_UNUSABLE;
        };
    }
}
