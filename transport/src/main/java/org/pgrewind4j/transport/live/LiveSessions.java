package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.connect.Connector;

/**
 * The connections to one source: made when they are needed, kept while they are idle. All lead to the same server, between
 * the same two of its starts, or the transport ends: what came before and after a restart does not belong together.
 *
 * <p>One connection is enough for everything; more are a wish. Who finds none idle has one more made, on a thread of its
 * own, and takes what comes first: that one, or one that is given back. So nobody waits for a wish: a pool that blocks
 * because it has no more to give, or a role or server at its limit, cost that thread only. After a refusal no more is
 * wished for, for a while. A refusal is an error only when there is no connection, and none that is still being made. What
 * comes late is kept for the next who asks, or, after the end, given back at once.
 *
 * <p>Who waits is served in the order of asking: else the first of many jobs could wait for all others.
 */
final class LiveSessions {

    private static final Duration CLOSING = Duration.ofSeconds(4);
    private static final Duration CONTENT = Duration.ofMinutes(1);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final LiveLogin login;
    private final Deadline deadline;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Deque<LiveSession> idle = new ArrayDeque<>();
    private final Set<LiveSession> busy = new HashSet<>();
    private final Set<Thread> attempts = new HashSet<>();

    /** Connections that stay open for what the server keeps as long as they are. */
    private final Set<LiveSession> reserved = new HashSet<>();

    /** How many wait for a connection. */
    private int waiting;

    /** What kept the last hope from coming true, and how often that was so. */
    private @Nullable Throwable refusal;

    private int refusals;

    /** Until when what there is is enough. */
    private Deadline content = Deadline.after(Duration.ZERO);

    private boolean closed;

    LiveSessions(Connector connector, LiveTimeouts timeouts) {
        this.login = new LiveLogin(connector, timeouts);
        this.deadline = Deadline.after(timeouts.overall());
    }

    String description() {
        return login.connector().description();
    }

    Map<String, String> libpqParameters() {
        return login.connector().libpqParameters();
    }

    /** Whether connections are a pool's, which may have few of them. */
    boolean arePooled() {
        return login.connector().isPooled();
    }

    LiveTimeouts timeouts() {
        return login.timeouts();
    }

    Deadline deadline() {
        return deadline;
    }

    /** Takes an idle connection, or the next one that is there. */
    LiveSession take() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        waiting++;
        try {
            int known = refusals;
            for (LiveSession session = idle.poll(); ; session = idle.poll()) {
                if (closed) {
                    throw new IOException("transport was closed while it was read: " + description());
                }
                if (session != null) {
                    busy.add(session);
                    return session;
                }
                if (refusals != known) {
                    throw refused();
                }
                askForMore();
                changed.await();
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Called with the lock. */
    private void askForMore() {
        boolean isNeeded = busy.isEmpty() && attempts.isEmpty();
        if (isNeeded || (attempts.size() < waiting && content.isOver())) {
            Thread thread = new Thread(this::attempt, "pgrewind4j-connect-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            attempts.add(thread);
            thread.start();
        }
    }

    private void attempt() {
        LiveSession made = null;
        Throwable failure = null;
        try {
            made = login.connect();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            failure = e;
        }
        if (!finish(made, failure) && made != null) {
            made.close();
        }
    }

    /** Notes how an attempt ended; false if nobody wants to know any more. */
    private boolean finish(@Nullable LiveSession made, @Nullable Throwable failure) {
        lock.lock();
        try {
            attempts.remove(Thread.currentThread());
            if (made != null && !closed) {
                idle.push(made);
            }
            if (failure != null) {
                content = Deadline.after(CONTENT);
                // Another start of the server, or another kind of failure than its refusal, is no wish that failed.
                if (!(failure instanceof LiveServerException) || (busy.isEmpty() && attempts.isEmpty())) {
                    refusal = failure;
                    refusals++;
                }
            }
            changed.signalAll();
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** The error of those who wait. Called with the lock. */
    private IOException refused() {
        if (refusal instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return refusal instanceof IOException io
                ? io
                : LiveServerException.of("could not connect to " + description(), refusal);
    }

    /** Whether there was a connection, so that the server is there and lets the role in. */
    boolean hasConnected() {
        return login.hasConnected();
    }

    /** What the first connection found. */
    ServerIdentity facts() {
        return login.facts();
    }

    /** Whether somebody waits for a connection while all that there are are taken. */
    boolean isScarce() {
        lock.lock();
        try {
            return waiting > 0 && idle.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a connection that is in use open, unused, until it is {@link #release released}. */
    void reserve(LiveSession session) {
        lock.lock();
        try {
            reserved.add(session);
        } finally {
            lock.unlock();
        }
    }

    /** Makes a connection that can replicate, too, beside all others, and {@link #reserve reserves} it; empty if it cannot. */
    Optional<LiveSession> replicating() throws IOException, InterruptedException {
        Optional<LiveSession> made = login.connectReplicating();
        if (made.isPresent()) {
            reserve(made.get());
            if (isClosed()) {
                release(made.get());
                throw new IOException("transport was closed while it was read: " + description());
            }
        }
        return made;
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Closes a reserved connection, and ends with it what the server keeps. */
    void release(LiveSession session) {
        lock.lock();
        try {
            reserved.remove(session);
        } finally {
            lock.unlock();
        }
        session.close();
    }

    /** Has a reserved connection used again as any other. */
    void unreserve(LiveSession session) {
        lock.lock();
        try {
            if (reserved.remove(session)) {
                idle.push(session);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a connection is there, or can be made, beside those that are reserved. */
    boolean hasMore() throws IOException, InterruptedException {
        try {
            giveBack(take());
            return true;
        } catch (LiveServerException e) {
            return false;
        }
    }

    /** Gives a connection back; one that is broken is not used again. */
    void giveBack(LiveSession session) {
        boolean isKept;
        lock.lock();
        try {
            busy.remove(session);
            boolean isReserved = reserved.contains(session);
            isKept = !closed && (isReserved || !session.isBroken());
            if (isKept && !isReserved) {
                idle.push(session);
            }
        } finally {
            lock.unlock();
        }
        if (!isKept) {
            session.close();
        }
        // After that, so that a pool has got back what is asked of it next.
        wakeAll();
    }

    private void wakeAll() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the idle connections: what ended one has mostly ended the others, of which there may be more than attempts. */
    void abandonIdle() {
        List<LiveSession> abandoned;
        lock.lock();
        try {
            abandoned = List.copyOf(idle);
            idle.clear();
            content = Deadline.after(Duration.ZERO);
        } finally {
            lock.unlock();
        }
        abandoned.forEach(LiveSession::abandon);
    }

    /** Closes all connections; queries that run are cancelled, and attempts given up. */
    void close() {
        List<LiveSession> resting;
        lock.lock();
        try {
            closed = true;
            resting = new ArrayList<>(idle);
            resting.addAll(reserved);
            resting.removeAll(busy);
            idle.clear();
            reserved.clear();
            busy.forEach(LiveSession::cancel);
            attempts.forEach(Thread::interrupt);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        resting.forEach(LiveSession::close);
        awaitEnd();
    }

    /** Cancelled queries end at once, or when their connection is cut a moment later: then all is given back. */
    private void awaitEnd() {
        Deadline end = Deadline.after(CLOSING);
        lock.lock();
        try {
            while (!busy.isEmpty() && !end.isOver()) {
                long ignored = changed.awaitNanos(end.remainingNanos(CLOSING));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
