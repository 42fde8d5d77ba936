package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends rewinds from another thread, or when their time is over. One can be given to several rewinds, and ends them all,
 * and those that are begun later. A rewind that it ends throws {@link RewindCancelledException}, with all threads and
 * files of its own gone.
 *
 * <p>It interrupts the thread that plans or executes, which every {@link org.pgrewind4j.transport.Transport} honours
 * soon; that thread's interrupt status is afterwards what it was.
 *
 * <p>Safe for use by several threads.
 */
public final class Cancellation {

    private final Set<Work> under = new HashSet<>();
    private final @Nullable Long deadline;
    private boolean cancelled;

    private Cancellation(@Nullable Long deadline) {
        this.deadline = deadline;
    }

    /**
     * Makes one that waits to be asked.
     *
     * @return a cancellation without a deadline
     */
    public static Cancellation create() {
        return new Cancellation(null);
    }

    /**
     * Makes one that cancels by itself.
     *
     * @param timeout from now on
     * @return a cancellation that can be asked before, too
     */
    public static Cancellation after(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return new Cancellation(System.nanoTime() + timeout.toNanos());
    }

    /** Cancels; repeated calls do nothing. */
    public synchronized void cancel() {
        cancelled = true;
        under.forEach(Work::interrupt);
    }

    /**
     * Whether it was asked to cancel, or its time is over.
     *
     * @return true from then on
     */
    public synchronized boolean isCancelled() {
        return cancelled || (deadline != null && System.nanoTime() - deadline >= 0);
    }

    /**
     * Starts work of this thread that can be cancelled. A program can put steps of its own under the same cancellation as
     * its rewinds:
     *
     * <pre>{@code
     * try (Cancellation.Work work = cancellation.begin()) {
     *     // what ends soon after an interrupt
     *     work.check();
     * }
     * }</pre>
     *
     * @return the work, which the same thread closes
     * @throws CancellationException if it is cancelled already
     */
    public Work begin() {
        Work work = new Work();
        synchronized (this) {
            under.add(work);
        }
        work.watchDeadline();
        work.check();
        return work;
    }

    /** Work of one thread, from its start until it is closed. */
    public final class Work implements AutoCloseable {
        private final Thread worker = Thread.currentThread();
        private @Nullable Thread watch;
        private boolean isInterrupted;
        private boolean isShielded;

        private void interrupt() {
            if (!worker.isInterrupted()) {
                isInterrupted = true;
                worker.interrupt();
            }
        }

        private void watchDeadline() {
            if (deadline != null) {
                long end = deadline;
                Thread thread = new Thread(() -> cancelAt(end), "pgrewind4j-deadline");
                thread.setDaemon(true);
                thread.start();
                watch = thread;
            }
        }

        private void cancelAt(long end) {
            try {
                TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
                cancel();
            } catch (InterruptedException e) {
                // The work was done in time.
            }
        }

        private Work() {}

        /**
         * Goes on only if it was not cancelled.
         *
         * @throws CancellationException if it was
         */
        public void check() {
            if (isCancelled()) {
                close();
                throw new CancellationException("it was cancelled");
            }
        }

        /**
         * Whether this work was cancelled.
         *
         * @return true if so, and not after it was shielded
         */
        public boolean isCancelled() {
            return !isShielded && Cancellation.this.isCancelled();
        }

        /** From here on nothing cancels this work; what did so before is forgotten. */
        public void shield() {
            isShielded = true;
            close();
        }

        /** Ends this work; its thread is interrupted no more. */
        @Override
        public void close() {
            synchronized (Cancellation.this) {
                under.remove(this);
                if (isInterrupted) {
                    isInterrupted = false;
                    Thread.interrupted();
                }
            }
            if (watch != null) {
                watch.interrupt();
            }
        }
    }
}
