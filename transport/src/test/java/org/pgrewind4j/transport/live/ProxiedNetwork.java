package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.contract.Network;

/** A live server behind a proxy. */
final class ProxiedNetwork implements Network {

    private static final LiveTimeouts SHORT = LiveTimeouts.DEFAULT
            .withConnect(Duration.ofSeconds(1))
            .withSocket(Duration.ofSeconds(1))
            .withStatement(Duration.ofSeconds(2));

    private final FaultyProxy proxy;

    ProxiedNetwork(int port) throws IOException {
        this.proxy = new FaultyProxy(port);
    }

    @Override
    public Transport open() throws IOException {
        return LiveServerTransport.ofJdbcUrl(LiveSource.url(proxy.port()), new Properties())
                .timeouts(SHORT)
                .open();
    }

    @Override
    public long roundTrips() {
        return proxy.roundTrips();
    }

    @Override
    public void silence() {
        proxy.failAfter(0, FaultyProxy.Fault.SILENCE, Integer.MAX_VALUE);
    }

    @Override
    public void close() throws IOException {
        proxy.close();
    }
}
