package org.pgrewind4j.core.internal.stage;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.stage.StagedDataCheck.StagedData;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.WalSegmentName;

/** Fetches what an order needs into the staging area, and proves that replay makes of it what the source is. */
public final class StagePhase implements Closeable {

    private final Order order;
    private final StagingArea area;
    private final FileOperations files;

    /** What the source keeps while it is copied. */
    private final RetainedWal retained;

    private final ProgressCounter progress;
    private final Fetcher fetcher;
    private final FetchedPageCheck pages;

    private StagePhase(
            Order order, StagingArea area, FileOperations files, RewindListener listener, RetainedWal retained) {
        this.order = order;
        this.area = area;
        this.files = files;
        this.retained = retained;
        this.progress = new ProgressCounter(
                listener,
                Phase.STAGE,
                order.bytes(order.actions()).total(),
                order.actions().size());
        this.fetcher = new Fetcher(order, area, files, progress);
        this.pages = FetchedPageCheck.of(order, files);
    }

    /** Asks the source to keep its WAL from now on. */
    public static StagePhase begin(Order order, StagingArea area, FileOperations files, RewindListener listener)
            throws IOException {
        return new StagePhase(order, area, files, listener, retained(order));
    }

    /** The segments that come from the source, as they were listed, are what it may remove first. */
    private static RetainedWal retained(Order order) throws IOException {
        if (order.restore() != null) {
            return order.source().retainWal();
        }
        List<CopyFile> segments = order.walFiles()
                .copiesUpTo(order.replay().start().redo(), order.replay().end().lsn());
        return segments.isEmpty()
                ? order.source().retainWal()
                : order.source()
                        .retainWal(WalSegmentName.parse(
                                        segments.get(0).path().fileName(),
                                        order.base().walSegmentSize())
                                .orElseThrow()
                                .begin());
    }

    /**
     * How far staging has come.
     *
     * @param end where replay must arrive, for all that was fetched up to then
     * @param result whether blocks that are fetched later can make it wrong, and what else replay needs
     */
    public record Staged(ReplayEnd end, StagedDataCheck.Result result) {}

    /** What is staged before anything is overwritten, and what is then written in place. */
    public OverwriteSplit split() throws IOException {
        if (order.restore() != null) {
            return new OverwriteSplit(order.actions(), List.of());
        }
        List<FileAction> actions = order.actions().stream()
                .filter(action -> !ReplayWal.isSegment(action.path()))
                .toList();
        return order.manner().copyMode() == CopyMode.IN_PLACE
                ? OverwriteSplit.of(
                        actions, DataDirectory.of(order.target()), order.base().blockSize())
                : new OverwriteSplit(actions, List.of());
    }

    /** Stages files and parts of files, and the WAL that they need, which goes first, for it goes away first. */
    public Staged stage(List<FileAction> actions) throws IOException {
        if (order.restore() != null) {
            return stageRestore(actions);
        }
        Lsn known = order.replay().end().lsn();
        List<FileAction> all = new ArrayList<>(WalPursuit.wholeUpTo(known, order));
        all.addAll(actions);
        pursuingWal(known, () -> {
            fetcher.fetch(all);
            stageUpdates(actions);
        });
        return complete(Lsn.MAX);
    }

    /**
     * Compares files, and stages what differs. Of a stopped source each byte is read once, beside the target's; of a
     * running one equal bytes need not come over at all.
     */
    private void stageUpdates(List<FileAction> actions) throws IOException {
        if (actions.stream().noneMatch(UpdateFile.class::isInstance)) {
            return;
        }
        if (order.source().mode() == SourceMode.STOPPED) {
            fetcher.add(new PageUpdates(order, area, files, progress, fetcher.stagedBlocks())
                    .fetch(actions, order.manner().threads()));
        } else {
            new HashedUpdates(order, fetcher, progress).stage(actions);
        }
    }

    /** A backup holds all that it says it holds, and where its replay ends was settled when it was made. */
    private Staged stageRestore(List<FileAction> actions) throws IOException {
        List<FetchedFile> whole = fetcher.fetch(actions);
        for (FetchedFile copy : whole) {
            if (!copy.isWhole()) {
                throw PageUpdates.incomplete(
                        order.source(), copy.path(), copy.action().bytes());
            }
        }
        fetcher.add(new PageUpdates(order, area, files, progress, fetcher.stagedBlocks())
                .fetch(actions, order.manner().threads()));
        pages.check(fetcher.copies());
        progress.tell();
        ReplayEnd end = order.source().replayEnd();
        return new Staged(end, check(end));
    }

    /** Stages parts of files beside what is staged already. */
    public Staged stageMore(List<CopyRanges> blocks, Staged before) throws IOException {
        pursuingWal(before.end().lsn(), () -> fetcher.fetch(blocks));
        return complete(before.end().lsn());
    }

    /** Writes blocks where they belong. The target's control file is aside. */
    public Staged overwrite(List<CopyRanges> blocks, Staged before) throws IOException {
        pursuingWal(before.end().lsn(), () -> fetcher.overwrite(blocks, DataDirectory.of(order.target())));
        return complete(before.end().lsn());
    }

    /** Something that takes its time. */
    private interface Fetch {
        void run() throws IOException;
    }

    private void pursuingWal(Lsn from, Fetch fetch) throws IOException {
        Fetcher own = new Fetcher(order, area, files, new ProgressCounter(RewindListener.none(), Phase.STAGE, 0, 0));
        try (WalPursuit pursuit = WalPursuit.begin(order, own, from, retained.from())) {
            fetch.run();
            pages.check(fetcher.copies());
            fetcher.adopt(pursuit.end());
        }
    }

    /**
     * Asks where replay must end, stages the WAL up to there, and proves that all fits together.
     *
     * @param walEnd where the WAL ended when it was staged before; {@link Lsn#MAX} if no segment was staged in part
     */
    private Staged complete(Lsn walEnd) throws IOException {
        // Asked for after the last page was fetched: none can be of a time that replay does not reach.
        ReplayEnd end = order.source().replayEnd();
        requireSameTimeline(end);
        if (!end.lsn().equals(walEnd)) {
            fetcher.forgetWalFrom(walEnd, order.base().walSegmentSize());
        }
        stageWal(end.lsn());
        pages.check(fetcher.copies());
        progress.tell();
        return new Staged(end, check(end));
    }

    private StagedDataCheck.Result check(ReplayEnd end) throws IOException {
        StagedData staged = new StagedData(fetcher.copies(), ReplayWal.of(order, area), end);
        StagedDataCheck.Result result = StagedDataCheck.Result.HOLDS;
        for (StagedDataCheck check : order.checks()) {
            result = result.and(check.check(staged));
        }
        return result;
    }

    /** What is kept of the order, durably, before blocks are overwritten. */
    public Manifest note(List<CopyRanges> blocks) {
        return order.manifest(order.replay().end().lsn(), blocks, area);
    }

    /** All that was staged. */
    public List<FetchedFile> copies() {
        return fetcher.copies();
    }

    private void requireSameTimeline(ReplayEnd end) {
        if (!end.timeline().equals(order.replay().history().timeline())) {
            throw new SourceChangedException(PgRewindException.withHint(
                    "the source went from timeline %s to %s while it was copied"
                            .formatted(order.replay().history().timeline(), end.timeline()),
                    "plan again."));
        }
    }

    private void stageWal(Lsn end) throws IOException {
        fetcher.fetchWal(order.walFiles().copiesUpTo(order.replay().start().redo(), end));
        new SlippedWal(order, fetcher).replace();
        fetcher.restore(order.actions(), order.archive());
        new RepeatedWal(order, area, files, fetcher).stage();
    }

    /** The source may remove its WAL again. */
    @Override
    public void close() throws IOException {
        retained.close();
    }
}
