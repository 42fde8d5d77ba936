package org.pgrewind4j.core.internal.stage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * Stages the source's WAL while everything else is copied, so that the source may remove it.
 *
 * <p>A running source removes a segment at the first checkpoint that no longer needs it, unless something holds it: that
 * can be seconds after it was written. So the segments that were whole when the plan was made are staged before anything
 * else, oldest first, and this follows the end of WAL from there on: each segment is staged as soon as it is whole. A
 * source that {@linkplain Transport#retainWal retains} its WAL from some position on is followed up to there. Segments are
 * whole, and final, once replay's end is not before their end.
 *
 * <p>It is a help and no proof: what it could not get is fetched at the end, with what was written last, and looked for in
 * the archives if it is gone by then.
 */
final class WalPursuit implements Closeable {

    private static final System.Logger LOG = System.getLogger(WalPursuit.class.getName());

    private static final long SHORTEST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Transport source;
    private final Order order;
    private final Fetcher fetcher;
    private final Lsn from;
    private final Lsn until;
    private final Thread thread;

    private boolean ended;

    private WalPursuit(Order order, Fetcher fetcher, Lsn from, Lsn until) {
        this.source = order.source();
        this.order = order;
        this.fetcher = fetcher;
        this.from = from;
        this.until = until;
        this.thread = new Thread(this::run, "pgrewind4j-wal");
        thread.setDaemon(true);
    }

    /**
     * Begins.
     *
     * @param fetcher is this one's alone until it is {@link #end ended}
     * @param from segments that end here or before are not wanted
     * @param until where it can end, for from there on the source keeps its WAL
     */
    static WalPursuit begin(Order order, Fetcher fetcher, Lsn from, Lsn until) {
        WalPursuit pursuit = new WalPursuit(order, fetcher, from, until);
        if (from.isBefore(until)) {
            pursuit.thread.start();
        }
        return pursuit;
    }

    /** The segments from the source that are whole at an end of WAL that is known by the plan, oldest first. */
    static List<CopyFile> wholeUpTo(Lsn end, Order order) {
        return whole(order.walFiles().copies(order.replay().start().redo(), end), Lsn.INVALID, end, order);
    }

    private static List<CopyFile> whole(List<CopyFile> segments, Lsn from, Lsn end, Order order) {
        int size = order.base().walSegmentSize();
        return segments.stream()
                .filter(copy -> {
                    Lsn last = WalSegmentName.parse(copy.path().fileName(), size)
                            .orElseThrow()
                            .end();
                    return last.isAfter(from) && !last.isAfter(end);
                })
                .toList();
    }

    private void run() {
        long pause = SHORTEST_PAUSE_MILLIS;
        try {
            for (Lsn reached = from; reached.isBefore(until) && mayGoOn(pause); ) {
                reached = source.replayEnd().lsn();
                List<CopyFile> segments =
                        order.walFiles().copiesUpTo(order.replay().start().redo(), reached);
                boolean found =
                        !fetcher.fetchWal(whole(segments, from, reached, order)).isEmpty();
                pause = found ? SHORTEST_PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // What was to be staged is not wanted any more.
        } catch (IOException | PgRewindException | IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "the source's WAL is not followed any more", e);
        }
    }

    private synchronized boolean mayGoOn(long millis) throws InterruptedException {
        if (!ended) {
            TimeUnit.MILLISECONDS.timedWait(this, millis);
        }
        return !ended;
    }

    /**
     * Ends following, once what is under way has come: it may be gone from the source by now. Repeated calls give the same.
     *
     * @return the segments that were staged
     */
    List<FetchedFile> end() throws InterruptedIOException {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while WAL was staged");
        }
        return fetcher.copies().stream().filter(FetchedFile::isWhole).toList();
    }

    /** Ends all, whatever is under way. */
    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        thread.interrupt();
        boolean wasInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
