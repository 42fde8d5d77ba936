package org.pgrewind4j.core;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pgrewind4j.transport.Transport;

/**
 * What lies on both sides. The two are listed at the same time, the target in a thread of its own: where there are many
 * files, a rewind does little else.
 */
record Listings(Listing source, Listing target) {

    static final String THREAD_NAME = "list-target";

    /** Whichever way it returns, no thread of it is left. */
    static Listings of(Transport source, Transport target, RelationGeometry geometry) throws IOException {
        FutureTask<Listing> ofTarget = new FutureTask<>(() -> Listing.of(target, Set.of(), geometry));
        Thread thread = new Thread(ofTarget, THREAD_NAME);
        thread.setDaemon(true);
        thread.start();
        try {
            Listing ofSource = Listing.of(source, Exclusions.closedOnSource(), geometry);
            return new Listings(ofSource, await(ofTarget));
        } finally {
            thread.interrupt();
            Uninterruptibles.joinUninterruptibly(thread);
        }
    }

    private static Listing await(FutureTask<Listing> listing) throws IOException {
        try {
            return listing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while listing the target");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("the thread that lists the target failed", e);
        }
    }
}
