package org.pgrewind4j.transport.live;

import java.io.IOException;
import org.pgrewind4j.transport.connect.Connector;

/** What a {@link LiveServerTransport} is opened with. */
public final class LiveServerBuilder {

    private static final int DEFAULT_CONNECTIONS = 4;
    private static final int MOST_CONNECTIONS = 64;

    private final Connector connector;
    private LiveTimeouts timeouts = LiveTimeouts.DEFAULT;
    private int connections = DEFAULT_CONNECTIONS;
    private boolean checkpointFirst;

    LiveServerBuilder(Connector connector) {
        this.connector = connector;
    }

    /**
     * Sets how long to wait.
     *
     * @param wanted replaces all times
     * @return this builder
     */
    public LiveServerBuilder timeouts(LiveTimeouts wanted) {
        timeouts = wanted;
        return this;
    }

    /**
     * How long to wait as of now, so that one time can be changed and the others left.
     *
     * @return the times; a connection string can have set that for a connection
     */
    public LiveTimeouts timeouts() {
        return timeouts;
    }

    /**
     * Sets how many connections fetch at the same time, if there are that many: one is enough, and nobody waits for more
     * where a pool, the role or the server has no more to give. Each one is a process on the source, and holds up to 8 MB
     * here.
     *
     * @param count from 1 to 64; default 4
     * @return this builder
     * @throws IllegalArgumentException outside that range
     */
    public LiveServerBuilder connections(int count) {
        if (count < 1 || count > MOST_CONNECTIONS) {
            throw new IllegalArgumentException("connections: " + count + ": expected from 1 to " + MOST_CONNECTIONS);
        }
        connections = count;
        return this;
    }

    /**
     * Asks the source for a checkpoint before anything is read. Not needed for a right result: it shortens what a target has
     * to replay, and lets tools that look at the last checkpoint only see a promotion. The role must be a superuser, or
     * from 15 on a member of {@code pg_checkpoint}.
     *
     * @return this builder
     */
    public LiveServerBuilder checkpointFirst() {
        checkpointFirst = true;
        return this;
    }

    /**
     * Connects.
     *
     * @return a transport, which the caller closes
     * @throws LiveServerException if the server cannot be reached, or does not let the role in, or a pooler answers in its
     *     place
     * @throws IOException if it cannot be read otherwise
     */
    public LiveServerTransport open() throws IOException {
        LiveServerTransport transport = LiveServerTransport.open(connector, timeouts, connections);
        if (checkpointFirst) {
            transport.checkpoint();
        }
        return transport;
    }
}
