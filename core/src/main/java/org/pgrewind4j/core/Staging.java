package org.pgrewind4j.core;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataDirectory;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceChangedException;

/** Fetches what a plan needs into the staging area, and proves that replay makes of it what the source is. */
final class Staging {

    private final RewindPlan plan;
    private final Settings settings;
    private final RewindFacts facts;
    private final StagingArea area;
    private final FileOperations files;
    private final ProgressCounter progress;
    private final Stager stager;
    private final StagedPages pages;

    /** Whether replay copies databases by file, as far as the WAL that is staged goes. */
    private boolean copiesTemplates;

    /** Where the WAL ended when it was staged; null until then. */
    private @Nullable Lsn stagedUpTo;

    Staging(RewindPlan plan, StagingArea area, FileOperations files, RewindListener listener) {
        this.plan = plan;
        this.settings = plan.settings();
        this.facts = plan.facts();
        this.area = area;
        this.files = files;
        this.progress = new ProgressCounter(
                listener, Phase.STAGE, plan.bytes().total(), plan.actions().size());
        this.stager = new Stager(settings.source(), area, files, progress);
        this.pages = new StagedPages(settings.source(), files, facts.source().controlFile());
    }

    /**
     * Stages all, into an area that was just made.
     *
     * @return where replay must arrive
     */
    ReplayEnd stage() throws IOException {
        List<FileAction> actions = plan.actions().stream()
                .filter(action -> !StagedWal.isSegment(action.path()))
                .toList();
        if (settings.copyMode() == CopyMode.IN_PLACE) {
            return stageAndOverwrite(actions);
        }
        stager.fetch(actions);
        return complete();
    }

    /** What can refuse the rewind, or fail, does so as far as possible while the target is untouched. */
    private ReplayEnd stageAndOverwrite(List<FileAction> actions) throws IOException {
        DataDirectory target = DataDirectory.of(settings.target());
        InPlaceSplit split =
                InPlaceSplit.of(actions, target, facts.targetControl().blockSize());
        stager.fetch(split.staged());
        ReplayEnd before = complete();
        if (split.overwritten().isEmpty()) {
            return before;
        }
        if (copiesTemplates) {
            // Whether it may depends on the pages that are still to come.
            stager.fetch(split.overwritten());
        } else {
            OverwrittenBlocks.note(split.overwritten(), facts, area, files);
            ControlFileAside.move(
                    area, files, Manifest.fingerprint(facts.targetControl().toBytes()));
            stager.overwrite(split.overwritten(), target);
        }
        return complete();
    }

    /** Asks where replay must end, stages the WAL up to there, and proves that all fits together. */
    private ReplayEnd complete() throws IOException {
        pages.check(stager.copies());
        // Asked for after the last page was fetched: none can be of a time that replay does not reach.
        ReplayEnd end = settings.source().replayEnd();
        requireSameTimeline(end);
        requireStillUsable(end);
        stageWal(end);
        pages.check(stager.copies());
        progress.tell();
        copiesTemplates = new TemplateCheck(settings, facts, area).check(plan.actions(), stager.copies(), end.lsn());
        new TablespaceCheck(settings, facts, area).check(plan.actions(), end.lsn());
        return end;
    }

    /** All that was staged. */
    List<StagedCopy> copies() {
        return stager.copies();
    }

    private void requireSameTimeline(ReplayEnd end) {
        if (!end.timeline().equals(facts.source().history().timeline())) {
            throw new SourceChangedException(PgRewindException.withHint(
                    "the source went from timeline %s to %s while it was copied"
                            .formatted(facts.source().history().timeline(), end.timeline()),
                    "plan again."));
        }
    }

    /** What was asked for the plan may have changed while the source was copied. */
    private void requireStillUsable(ReplayEnd end) throws IOException {
        Preconditions preconditions = new Preconditions();
        preconditions.checkSource(end.controlFile(), settings.source().problems());
        if (!preconditions.problems().isEmpty()) {
            throw new RewindRefusedException(preconditions.problems());
        }
    }

    private void stageWal(ReplayEnd end) throws IOException {
        if (stagedUpTo != null && !stagedUpTo.equals(end.lsn())) {
            stager.forgetWalFrom(stagedUpTo, facts.targetControl().walSegmentSize());
        }
        List<StagedCopy> segments =
                stager.fetchWal(facts.walFiles().copiesUpTo(facts.start().redo(), end.lsn()));
        for (StagedCopy segment : segments) {
            if (segment.isVanished()
                    || segment.delivered(0) < segment.ranges().get(0).length()) {
                throw new PgRewindException(PgRewindException.withHint(
                        "the source removed \"" + segment.path() + "\", which replay needs, while it was copied",
                        "give the source a replication slot or a greater wal_keep_size, and rewind again."));
            }
        }
        stager.restore(plan.actions(), settings);
        stagedUpTo = end.lsn();
    }
}
