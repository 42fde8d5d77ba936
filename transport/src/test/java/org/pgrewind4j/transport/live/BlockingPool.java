package org.pgrewind4j.transport.live;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A pool as applications have them: who asks for more than there is waits, for half a minute. */
final class BlockingPool implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final Semaphore free;
    private final BlockingDeque<Connection> idle = new LinkedBlockingDeque<>();
    private final AtomicInteger lent = new AtomicInteger();
    private final int size;

    BlockingPool(String url, int size) {
        source.setURL(url);
        this.size = size;
        this.free = new Semaphore(size, true);
    }

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> lend());
    }

    /** How many connections were asked for and given. */
    int lent() {
        return lent.get();
    }

    /** How many can be lent, once all are back. */
    boolean isWhole() {
        return free.availablePermits() == size;
    }

    Connection lend() throws SQLException {
        try {
            if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLTransientConnectionException("no connection was given back in time");
            }
        } catch (InterruptedException e) {
            throw new SQLException("interrupted while waiting for a connection", e);
        }
        boolean done = false;
        try {
            Connection physical = idle.poll();
            Connection usable = physical == null || physical.isClosed() ? source.getConnection() : physical;
            lent.incrementAndGet();
            done = true;
            return loan(usable);
        } finally {
            if (!done) {
                free.release();
            }
        }
    }

    private Connection loan(Connection physical) {
        AtomicBoolean back = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        if (back.compareAndSet(false, true)) {
                            idle.push(physical);
                            free.release();
                        }
                        return null;
                    }
                    try {
                        return method.invoke(physical, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : idle) {
            connection.close();
        }
    }
}
