package org.pgrewind4j.transport.live;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.CallGuard;

/**
 * The threads that talk to the server for one call. The caller waits for what they bring, and that wait can be interrupted
 * and has limits, unlike a read from a socket.
 */
final class LiveWorkers implements Closeable {

    /** How often a job is tried when connections get lost. */
    private static final int ATTEMPTS = 4;

    /** Before the second attempt to connect, doubled for each one more. */
    private static final long PAUSE_MILLIS = 50;

    /** Beyond the server's own limit, so that its error, which says more, comes first. */
    private static final long GRACE_SECONDS = 5;

    /** Of the server, or of the role: others' connections come and go. */
    private static final String TOO_MANY_CONNECTIONS = "53300";

    /**
     * A standby's replay was in the query's way, and has ended it ({@code src/backend/tcop/postgres.c},
     * {@code ProcessInterrupts}). The next one has a newer snapshot; a primary that cleans up much is in its way again.
     */
    private static final String RECOVERY_CONFLICT = "40001";

    private static final int CONFLICTS = 100;
    private static final long CONFLICT_PAUSE_MILLIS = 5;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Something to ask the server. It may be asked again, on another connection, if the first one gets lost. */
    @FunctionalInterface
    interface Job<T> {
        T run(LiveSession session) throws SQLException, IOException, InterruptedException;
    }

    private final LiveSessions sessions;
    private final CallGuard gate;
    private final ExecutorService threads;
    private final Set<LiveSession> running = new HashSet<>();
    private boolean closed;

    LiveWorkers(LiveSessions sessions, CallGuard gate, int count) {
        this.sessions = sessions;
        this.gate = gate;
        this.threads = Executors.newFixedThreadPool(count, LiveWorkers::newThread);
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "pgrewind4j-source-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /** Runs one job and waits for it. */
    static <T> T call(LiveSessions sessions, CallGuard gate, Job<T> job) throws IOException {
        try (LiveWorkers workers = new LiveWorkers(sessions, gate, 1)) {
            return workers.await(workers.submit(job));
        }
    }

    <T> Future<T> submit(Job<T> job) {
        return threads.submit(() -> run(job));
    }

    private <T> T run(Job<T> job) throws IOException, InterruptedException {
        int conflicts = 0;
        for (int attempt = 1; ; ) {
            LiveSession session = take(attempt);
            try {
                begin(session);
                return job.run(session);
            } catch (SQLException e) {
                if (RECOVERY_CONFLICT.equals(e.getSQLState()) && mayConflict(conflicts)) {
                    conflicts++;
                } else if (LiveSession.isConnectionLost(e.getSQLState()) && mayTryAgain(attempt)) {
                    attempt++;
                    sessions.abandonIdle();
                } else {
                    throw LiveServerException.of("could not read from " + sessions.description(), e);
                }
            } finally {
                end(session);
            }
        }
    }

    private boolean mayConflict(int soFar) throws InterruptedException {
        if (soFar == CONFLICTS || sessions.deadline().isOver()) {
            return false;
        }
        Thread.sleep(Math.min((soFar + 1) * CONFLICT_PAUSE_MILLIS, PAUSE_MILLIS));
        return true;
    }

    /** Takes a connection. Once there was one, it is tried a few times to get another. */
    private LiveSession take(int firstAttempt) throws IOException, InterruptedException {
        for (int attempt = firstAttempt; ; attempt++) {
            try {
                return sessions.take();
            } catch (LiveServerException e) {
                String state = e.sqlState().orElse(null);
                boolean mayCome = LiveSession.isConnectionLost(state) || TOO_MANY_CONNECTIONS.equals(state);
                if (!mayCome || !sessions.hasConnected() || !mayTryAgain(attempt)) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS << attempt);
            }
        }
    }

    private boolean mayTryAgain(int attempt) {
        return attempt < ATTEMPTS && !sessions.deadline().isOver();
    }

    private synchronized void begin(LiveSession session) throws InterruptedIOException {
        if (closed) {
            throw new InterruptedIOException("the call has ended");
        }
        running.add(session);
    }

    private void end(LiveSession session) {
        synchronized (this) {
            running.remove(session);
        }
        sessions.giveBack(session);
    }

    /** Waits for a job: until it is done, its time or that for everything is over, or the caller is interrupted. */
    <T> T await(Future<T> job) throws IOException {
        gate.proceed();
        long limit = sessions.deadline()
                .remainingNanos(sessions.timeouts().statement().plusSeconds(GRACE_SECONDS));
        try {
            return job.get(limit, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading " + sessions.description());
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            gate.proceed();
            throw asIOException(e.getCause());
        }
    }

    /** What to throw when the time for a statement or for everything is over. */
    LiveServerException late() {
        return LiveServerException.of("no answer from " + sessions.description() + " within "
                + (sessions.deadline().isOver()
                        ? "the overall time of " + sessions.timeouts().overall()
                        : sessions.timeouts().statement()));
    }

    private IOException asIOException(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof IOException io) {
            return io;
        }
        return LiveServerException.of("could not read from " + sessions.description(), cause);
    }

    /** Ends the threads. What they are still asking is cancelled, here and on the server. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            running.forEach(LiveSession::cancel);
        }
        threads.shutdownNow();
    }
}
