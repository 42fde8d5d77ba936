package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.internal.cluster.BackupSource;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.rehearsal.TornReads.Read;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.stage.FetchedFile;
import org.pgrewind4j.core.internal.stage.StagedDataCheck;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Reads the WAL that the target will replay before anything is changed, and finds the records that replay cannot do
 * there, or that do there what they did not do on the source: because they read or make files outside of the blocks
 * that WAL names, or because WAL does not hold what was changed.
 *
 * <p>What is asked, of R..F:
 *
 * <ul>
 *   <li>Was the source started with {@code wal_level = minimal}? Then it changed files without WAL. From 14 on replay
 *       ends the server there; before, a standby without {@code hot_standby} went on without the data
 *       ({@code src/backend/access/transam/xlogrecovery.c}, {@code CheckRequiredParameterValues}).
 *   <li>Does it have images of the pages that a running source may have shown torn? See {@link TornReads}.
 *   <li>Are the directories there that it copies, or creates something in? See {@link ReplayedDirectories}.
 *   <li>Does what it copies become what it became on the source? See {@link TemplateCheck}.
 *   <li>Will the server have what it needs? See {@link ReplayNeeds}.
 *   <li>Is there WAL that cannot be asked? See {@link UnseenWal}.
 *   <li>May a standby find other WAL under the same names in its archive? See {@link ArchivedNamesakes}.
 * </ul>
 *
 * <p>What is not asked: whether replay meets pages that are not there, which ends it when it has come to F
 * ({@code src/backend/access/transam/xlogutils.c}, {@code XLogCheckInvalidPages}). A record that neither brings an
 * image nor initialises its page needs the page. A relation's file is as long as the source's when it was listed or
 * read, so that a page is missing only if the source had cut or dropped the relation by then. It logs and flushes the
 * record that says so before it touches the file ({@code src/backend/catalog/storage.c}, {@code RelationTruncate};
 * {@code src/backend/access/transam/xact.c}, {@code RecordTransactionCommit} before {@code smgrDoPendingDeletes}), and
 * F is asked for after the last read: the record lies before F, and takes the page off the list of those missed. A
 * database is the exception, for its files go before its record ({@code src/backend/commands/dbcommands.c}, {@code
 * dropdb}); but a checkpoint was forced and awaited before that, replay starts at or before the redo point of the
 * source's checkpoint at the start of the copy, and nobody is connected to the database any more.
 *
 * <p>The plan asks where the WAL can be read without fetching it; and the execution when it has it all.
 */
public final class Rehearsal implements StagedDataCheck {

    /** What is read of a running source while planning; the execution fetches it once more. */
    private static final long LITTLE_WAL = 64L << 20;

    /** Has the CRC of all of the record ({@code src/include/access/xlogrecord.h}, {@code SizeOfXLogRecord}). */
    private static final int RECORD_HEADER = 24;

    private final Settings settings;
    private final RewindEvidence facts;
    private final List<FileAction> actions;

    public Rehearsal(Settings settings, RewindEvidence facts, List<FileAction> actions) {
        this.settings = settings;
        this.facts = facts;
        this.actions = actions;
    }

    /**
     * What was found.
     *
     * @param problems what replay cannot do, or does wrong
     * @param result what is known else, if there are none
     */
    public record Found(List<Problem> problems, Result result) {}

    /**
     * Asks of the WAL where nothing is fetched for it, so that a rewind is refused before its first byte. Of a running
     * source all WAL would have to be fetched; the execution fetches it, and then asks the same. Only torn reads are
     * asked for at once, where there is little WAL.
     *
     * @param end where replay ends, as of now
     * @return nothing where it is not asked
     */
    public Found askEarly(Lsn end) throws IOException {
        List<WalSegmentSource> chain = new ArrayList<>(List.of(settings.source().wal()));
        chain.addAll(settings.archives());
        WalSegmentSource wal = WalSegmentSource.firstOf(chain);
        return settings.source().mode() == SourceMode.STOPPED || isOfBackup()
                ? rehearse(wal, List.of(), end)
                : new Found(tornReads(wal, end), Result.HOLDS);
    }

    private List<Problem> tornReads(WalSegmentSource wal, Lsn end) throws IOException {
        Lsn from = facts.divergence().position();
        boolean isLittle = !end.isAfter(from) || end.minus(from) <= LITTLE_WAL;
        TornReads torn = tornReads();
        Optional<Problem> promoted = torn.promotedSince(facts.source().history());
        if (promoted.isPresent() || !torn.areTaken() || !isLittle) {
            return promoted.stream().toList();
        }
        try {
            return torn.unmended(ReplayedWal.read(settings, facts, wal, end).fullPageWritesOff()).stream()
                    .toList();
        } catch (MissingWalException | WalEndsTooEarlyException e) {
            // The source removes what it no longer needs: what that means shows when it is copied.
            return List.of();
        }
    }

    private TornReads tornReads() throws IOException {
        return new TornReads(
                settings.source().mode(),
                facts.source().controlFile(),
                facts.isOfContents() ? Read.PARTLY_VERIFIED : Read.VERIFIED);
    }

    /** All of its WAL is at hand. */
    private boolean isOfBackup() {
        return settings.source() instanceof BackupSource;
    }

    @Override
    public Result check(StagedData staged) throws IOException {
        Found found = rehearse(staged.wal(), staged.copies(), staged.end().lsn());
        if (!found.problems().isEmpty()) {
            throw new RewindRefusedException(found.problems());
        }
        return found.result();
    }

    /**
     * Reads, and looks at what was fetched.
     *
     * @param wal has the source's segments, as far as anybody here has them
     * @param copies what was fetched; none yet while planning
     * @param end where replay ends
     */
    private Found rehearse(WalSegmentSource wal, List<FetchedFile> copies, Lsn end) throws IOException {
        ReplayedWal replayed = ReplayedWal.read(settings, facts, wal, end);
        List<Problem> problems = new ArrayList<>();
        List<Warning> warnings = new ArrayList<>(new ReplayNeeds(settings, facts).of(replayed));
        new UnseenWal(replayed.unseen()).tell(facts, actions, replayed, problems, warnings);
        checkWalLevel(replayed, problems);
        TornReads torn = tornReads();
        torn.unmended(replayed.fullPageWritesOff()).ifPresent(problems::add);
        torn.promotedSince(facts.source().history()).ifPresent(problems::add);
        ReplayedDirectories directories = new ReplayedDirectories(settings, facts, actions);
        directories.replay(replayed.directories());
        problems.addAll(directories.problems());
        TemplateCheck templates = new TemplateCheck(settings, facts, replayed);
        namesakes(wal, end).ifPresent(problems::add);
        if (facts.isOfContents()) {
            templates.refuseAny().ifPresent(problems::add);
            return new Found(problems, new Result(Reach.HOLDS, directories.additions(), warnings));
        }
        problems.addAll(templates.check(actions, copies));
        // Pages of a template that are fetched later can be newer than its copy.
        Reach reach = templates.isNeeded() ? Reach.HOLDS_SO_FAR : Reach.HOLDS;
        return new Found(problems, new Result(reach, directories.additions(), warnings));
    }

    /** A stopped source's replay ends where its last checkpoint's record begins, which a server reads all the same. */
    private Optional<Problem> namesakes(WalSegmentSource own, Lsn end) throws IOException {
        Lsn redo = facts.start().redo();
        Lsn read = Lsn.max(end, facts.start().checkPoint().plus(RECORD_HEADER));
        return ArchivedNamesakes.check(
                settings.archives(), own, facts.walFiles().needed(redo, read), redo, read);
    }

    private static void checkWalLevel(ReplayedWal replayed, List<Problem> problems) {
        replayed.parameters().stream()
                .filter(change -> change.walLevel() == WalLevel.MINIMAL)
                .findFirst()
                .ifPresent(change -> problems.add(new Problem(
                        Kind.SOURCE_WAL_LEVEL_MINIMAL,
                        "the source's server was started with wal_level = minimal at " + change.lsn()
                                + ", so its WAL does not hold all that it changed",
                        Preconditions.AFTER_MINIMAL)));
    }
}
