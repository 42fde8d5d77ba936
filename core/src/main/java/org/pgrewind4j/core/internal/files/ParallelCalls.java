package org.pgrewind4j.core.internal.files;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Calls that are made at the same time, while their caller waits. */
public final class ParallelCalls {

    private ParallelCalls() {}

    /**
     * Makes calls. Whichever way this returns, none of its threads is left: on an interrupt, and when a call has failed and
     * those before it have returned, what still runs is interrupted.
     *
     * @param name the threads' name
     * @param threads how many calls are made at once at most
     * @return the results, in the order of the calls
     * @throws IOException the failure of the first call, in their order, that failed
     */
    public static <T> List<T> results(String name, int threads, List<Callable<T>> calls) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        List<Thread> started = new CopyOnWriteArrayList<>();
        ExecutorService workers = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            started.add(thread);
            return thread;
        });
        try {
            List<Future<T>> futures = new ArrayList<>(calls.size());
            for (Callable<T> call : calls) {
                futures.add(workers.submit(call));
            }
            List<T> results = new ArrayList<>(calls.size());
            for (Future<T> future : futures) {
                results.add(await(future));
            }
            return results;
        } finally {
            workers.shutdownNow();
            // An executor counts as terminated a moment before its last thread is.
            started.forEach(Uninterruptibles::joinUninterruptibly);
        }
    }

    private static <T> T await(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("a thread failed", e);
        }
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted");
    }
}
