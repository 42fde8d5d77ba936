package org.pgrewind4j.transport;

import java.io.Closeable;
import java.io.IOException;
import org.pgrewind4j.timeline.Lsn;

/**
 * A source's word that it will not remove some of its WAL until this is closed.
 *
 * <p>The word ends when this or the transport is closed, however the process ends, and when the connection that it hangs
 * on is lost. So it spares a reader that hurry, and is no proof.
 */
public interface RetainedWal extends Closeable {

    /**
     * From where on WAL stays.
     *
     * @return {@link Lsn#INVALID} if all that is there stays, {@link Lsn#MAX} if nothing need stay
     */
    Lsn from();

    /**
     * Has the source remove its WAL again as it does by itself. Repeated calls do nothing.
     *
     * @throws IOException never in the library's own implementations
     */
    @Override
    void close() throws IOException;

    /**
     * A word that holds nothing and ends nothing.
     *
     * @param from where on WAL stays by itself
     * @return one whose closing has no effect
     */
    static RetainedWal without(Lsn from) {
        return new RetainedWal() {
            @Override
            public Lsn from() {
                return from;
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
