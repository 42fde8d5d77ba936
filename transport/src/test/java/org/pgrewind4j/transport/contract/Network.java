package org.pgrewind4j.transport.contract;

import java.io.Closeable;
import java.io.IOException;
import org.pgrewind4j.transport.Transport;

/** What lies between a transport and a source on another machine, so that tests can count on it and break it. */
public interface Network extends Closeable {

    /**
     * Opens the transport under test over this network; the caller closes it.
     *
     * @return a new transport over the same source, with time limits of at most some seconds
     * @throws IOException if it cannot be opened, which fails the test
     */
    Transport open() throws IOException;

    /**
     * How many round trips there were so far: how often the transport sent something after the source had answered.
     *
     * @return the count, over all transports that were opened
     */
    long roundTrips();

    /** From now on the source answers nothing, and closes no connection either. */
    void silence();
}
