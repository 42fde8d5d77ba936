package org.pgrewind4j.core;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.transport.Transport;

/**
 * What lies on both sides. The two are listed at the same time: where there are many files, a rewind does little else.
 */
record Listings(Listing source, Listing target) {

    static final String THREAD_NAME = "pgrewind4j-list";

    static Listings of(Transport source, Transport target, RelationGeometry geometry) throws IOException {
        List<Listing> both = ParallelCalls.results(
                THREAD_NAME,
                2,
                List.of(
                        () -> Listing.of(source, Exclusions.closedOnSource(), geometry),
                        () -> Listing.of(target, Set.of(), geometry)));
        return new Listings(both.get(0), both.get(1));
    }
}
