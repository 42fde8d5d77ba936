package org.pgrewind4j.core;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Stopped servers that plans read from, and that stay open until the plans were executed. */
final class OpenSources implements AutoCloseable {

    private final Deque<LocalDirectoryTransport> open = new ArrayDeque<>();

    LocalDirectoryTransport open(PostgresServer server) throws IOException {
        LocalDirectoryTransport transport = LocalDirectoryTransport.open(server.dataDirectory());
        open.push(transport);
        return transport;
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
