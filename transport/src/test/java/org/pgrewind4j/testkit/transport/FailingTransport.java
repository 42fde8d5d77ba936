package org.pgrewind4j.testkit.transport;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.pgrewind4j.transport.Transport;

/**
 * A transport whose source cannot be read any more, from some call or some byte on, until {@link #heal}. Each failure is an
 * {@link IOException} that names the source, as the contract asks for.
 *
 * <p>Safe for use by several threads.
 */
public final class FailingTransport extends InterceptedTransport {

    private final Map<TransportCall, AtomicLong> allowed = new EnumMap<>(TransportCall.class);
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);

    private FailingTransport(Transport delegate) {
        super(delegate);
        for (TransportCall call : TransportCall.values()) {
            allowed.put(call, new AtomicLong(Long.MAX_VALUE));
        }
    }

    /**
     * Starts with a transport that does not fail yet.
     *
     * @param delegate what calls go to; closed with this
     * @return a new transport
     */
    public static FailingTransport of(Transport delegate) {
        return new FailingTransport(delegate);
    }

    /**
     * Lets every call of a kind fail.
     *
     * @param call the kind
     * @return this
     */
    public FailingTransport at(TransportCall call) {
        return after(0, call);
    }

    /**
     * Lets calls of a kind fail after some have succeeded.
     *
     * @param calls how many succeed from now on
     * @param call the kind
     * @return this
     */
    public FailingTransport after(long calls, TransportCall call) {
        allowance(call).set(calls);
        return this;
    }

    /**
     * Lets fetches fail after some bytes, in the middle of a range if it comes so.
     *
     * @param bytes how many are delivered from now on
     * @return this
     */
    public FailingTransport afterBytes(long bytes) {
        bytesLeft.set(bytes);
        return this;
    }

    /** Lets nothing fail any more. */
    public void heal() {
        allowed.values().forEach(calls -> calls.set(Long.MAX_VALUE));
        bytesLeft.set(Long.MAX_VALUE);
    }

    private AtomicLong allowance(TransportCall call) {
        AtomicLong allowance = allowed.get(call);
        if (allowance == null) {
            throw new IllegalStateException("no allowance for " + call);
        }
        return allowance;
    }

    @Override
    void before(TransportCall call) throws IOException {
        if (allowance(call).getAndUpdate(left -> left == 0 ? 0 : left - 1) == 0) {
            throw new IOException("could not read from " + description() + ": failure for a test at " + call);
        }
    }

    @Override
    int beforeBytes(int length) {
        return (int) Math.min(length, bytesLeft.getAndUpdate(left -> Math.max(0, left - length)));
    }

    @Override
    IOException afterPart() {
        return new IOException("could not read from " + description() + ": failure for a test within a fetch");
    }
}
