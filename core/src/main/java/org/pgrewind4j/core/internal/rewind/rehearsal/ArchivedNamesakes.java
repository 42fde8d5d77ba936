package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Segments of an archive that have the names of those that replay needs, and are of another branch.
 *
 * <p>Two servers that were promoted apart from each other to one timeline number write segments of the same names, and where
 * both archive to one place, the first one's stay. A standby that has a {@code restore_command} asks the archive before it
 * looks into its {@code pg_wal} ({@code src/backend/access/transam/xlogrecovery.c}, {@code XLogFileReadAnyTLI}): it would
 * replay the other branch over the source's pages, though the right segment was copied. So what an archive holds of the WAL
 * that is replayed must be the source's to the byte, up to where replay ends; what lies behind is none of replay's.
 *
 * <p>Where the source no longer has a segment there is nothing to hold the archive's against. That its records link to those
 * of the next segment proves little: links are positions, and two servers that do the same come to the same positions. So
 * such a segment will do only if nothing says that there may be two branches.
 */
public final class ArchivedNamesakes {

    private static final int AT_ONCE = 1 << 16;

    private static final String CURE =
            "let the archive hold the source's own segments in their place, or have the standby"
                    + " restore from another archive, and name that one; then plan again.";

    private ArchivedNamesakes() {}

    /**
     * Compares what the archives hold.
     *
     * @param archives what a standby may restore from
     * @param own has the source's segments
     * @param needed what replay reads
     * @param from where it starts
     * @param end where it ends
     */
    static Optional<Problem> check(
            List<WalSegmentSource> archives, WalSegmentSource own, List<WalSegmentName> needed, Lsn from, Lsn end)
            throws IOException {
        List<String> others = new ArrayList<>();
        for (WalSegmentName name : needed) {
            Lsn begin = Lsn.max(from, name.begin());
            Lsn until = Lsn.min(end, name.end());
            for (WalSegmentSource archive : archives) {
                if (isOther(archive, own, name, begin.minus(name.begin()), until.minus(name.begin()))) {
                    others.add(name.fileName());
                    break;
                }
            }
        }
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        Kind.HISTORY_DIFFERS,
                        "an archive holds WAL segments of another branch than the source's under the names of those that"
                                + " replay reads: " + String.join(", ", others),
                        CURE));
    }

    private static boolean isOther(
            WalSegmentSource archive, WalSegmentSource own, WalSegmentName name, long from, long until)
            throws IOException {
        WalSegment archived = archive.open(name).orElse(null);
        if (archived == null) {
            return false;
        }
        try (archived) {
            WalSegment ofSource = own.open(name).orElse(null);
            if (ofSource == null) {
                return false;
            }
            try (ofSource) {
                return isOther(archived, ofSource, from, until);
            }
        }
    }

    /** A segment that is too short is none to a standby, which goes on to the next place that has it. */
    private static boolean isOther(WalSegment archived, WalSegment own, long from, long until) throws IOException {
        ByteBuffer a = ByteBuffer.allocate(AT_ONCE);
        ByteBuffer b = ByteBuffer.allocate(AT_ONCE);
        for (long at = from; at < until; at += AT_ONCE) {
            int length = (int) Math.min(AT_ONCE, until - at);
            fill(archived, a, at, length);
            fill(own, b, at, length);
            int different = a.mismatch(b);
            if (different >= 0 && different < Math.min(a.limit(), b.limit())) {
                return true;
            }
        }
        return false;
    }

    private static void fill(WalSegment segment, ByteBuffer buffer, long at, int length) throws IOException {
        buffer.clear().limit(length);
        while (buffer.hasRemaining() && segment.read(buffer, at + buffer.position()) >= 0) {
            // On to the end of what there is.
        }
        buffer.flip();
    }

    /**
     * Whether an archive would have to stand in for a source of whose branch there may be two.
     *
     * @param wal where replay's WAL comes from
     * @param because what was found out about both sides before contents were compared
     */
    public static Optional<Problem> unproven(List<NeededWal> wal, List<Problem> because) {
        boolean isDoubtful = because.stream()
                .anyMatch(problem -> problem.kind() == Kind.HISTORY_DIFFERS || problem.kind() == Kind.HISTORY_UNKNOWN);
        List<String> archived = wal.stream()
                .filter(needed -> needed.origin() == Origin.ARCHIVE)
                .map(needed -> needed.segment().fileName())
                .toList();
        return !isDoubtful || archived.isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        Kind.HISTORY_UNKNOWN,
                        "replay needs WAL that the source no longer has, and it cannot be told whether the archive's is of"
                                + " the source's branch: " + String.join(", ", archived),
                        "run a CHECKPOINT on the source, so that replay starts later, and plan again."));
    }
}
