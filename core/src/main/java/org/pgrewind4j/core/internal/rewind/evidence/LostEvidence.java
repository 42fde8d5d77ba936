package org.pgrewind4j.core.internal.rewind.evidence;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;

/**
 * The problems that do not matter where contents are compared.
 *
 * <p>A comparison makes of the target a base backup of the source, of which only what differs is fetched. A base backup
 * asks nothing of the directory that it is written to, so that nothing matters here but what says that the target's bytes
 * are worth comparing with the source's: one origin, one release, one layout, and that nobody writes to it.
 *
 * <p>What holds of the source holds for a base backup of it as well ({@code src/backend/access/transam/xlog.c},
 * {@code do_pg_backup_start} and {@code do_pg_backup_stop}; before 15 {@code do_pg_start_backup}, {@code do_pg_stop_backup}):
 *
 * <ol>
 *   <li>Let C' be the checkpoint in the source's control file, read before the first file is looked at. All that was
 *       changed before its redo point is on the source's disk, so what is read of a page at any later moment lacks nothing
 *       but changes with records behind the redo point of C'.
 *   <li>F is asked for after the last byte was read, and no byte is ahead of the WAL up to F ({@code ReplayEnd}).
 *   <li>Each page of the target is, after the comparison, what the source's was at some moment between 1 and 2: if it was
 *       found equal, it was that at the moment of that reading; else it was fetched. That a page changed between its
 *       comparison and its being fetched gives it a later moment, no more.
 *   <li>So replay of the source's WAL from the redo point of C' to F makes of all pages one state. A page that was read torn
 *       has its image there, for it was changed since that redo point ({@code TornReads} holds that
 *       {@code full_page_writes} was on). That also goes for a page that was found equal to a torn one.
 *   <li>Hints that the source set and did not log are the source's truth, and come over as in a base backup. A target's page
 *       that differs in hints alone counts as different: its hints may say of a transaction what became of it on the
 *       abandoned branch, and no look at the page tells which.
 *   <li>No WAL of the target is kept, and none read: nothing tells up to where it is the source's. All from the redo point
 *       of C' on comes from the source or an archive of its branch ({@code ArchivedNamesakes}).
 *   <li>A {@code backup_label} in the target says from where its own files would have to be replayed. They become another
 *       cluster's, whose label takes its place before a server can start; a {@code tablespace_map}, which a server reads
 *       beside a label alone, is removed ({@code xlogrecovery.c}, {@code InitWalRecovery}, {@code read_tablespace_map}).
 *   <li>Replay that copies the files of a database finds them as they were read, as it would in a base backup. A page that is
 *       newer than such a copy would get into it; what is found equal is not looked at for that, so that a lasting copy
 *       behind the redo point of C' is refused, until a checkpoint has gone by.
 * </ol>
 *
 * <p>A running standby's C' is that of its last restartpoint, which it made durable before it named it
 * ({@code CreateRestartPoint}); images for the pages changed since are in its primary's WAL, for that checkpoint's redo
 * point is the same, unless that primary was promoted since ({@code TornReads}). F is as {@code StandbyEnd} says. A stopped source has no WAL behind its checkpoint that changes a
 * page, and equality is with its files.
 */
public final class LostEvidence {

    private static final Set<Kind> KINDS = EnumSet.of(
            Kind.WAL_MISSING_FOR_SCAN,
            Kind.WAL_MISSING_FOR_REPLAY,
            Kind.WAL_NOT_REHEARSED,
            Kind.WAL_ENDS_EARLY,
            Kind.HINT_BITS_NOT_LOGGED,
            Kind.WAL_LEVEL_MINIMAL,
            Kind.TARGET_NOT_CONSISTENT,
            Kind.HISTORY_UNKNOWN,
            Kind.HISTORY_DIFFERS,
            Kind.BACKUP_LABEL_PRESENT);

    private static final String OFFER = " Or have both data directories compared instead (Compare.NEEDED).";

    private LostEvidence() {}

    /** Whether nothing else is wrong. */
    public static boolean isAll(List<Problem> problems) {
        return !problems.isEmpty() && problems.stream().allMatch(problem -> KINDS.contains(problem.kind()));
    }

    /** The same problems, the cure of each naming the comparison where that would help. */
    public static List<Problem> withOffer(List<Problem> problems) {
        return isAll(problems)
                ? problems.stream()
                        .map(problem -> new Problem(
                                problem.kind(),
                                problem.side(),
                                problem.place(),
                                problem.message(),
                                problem.cure() + OFFER))
                        .toList()
                : problems;
    }
}
