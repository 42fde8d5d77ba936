package org.pgrewind4j.transport.local;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Direct buffers that calls borrow and give back: the system reads into them without a copy, and they are too expensive
 * to make for each call. There are as many as calls ever ran at once.
 */
final class BufferPool {

    /** Large enough that a call into the system costs nothing beside the bytes, small enough for a processor's cache. */
    static final int SIZE = 256 * 1024;

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

    /** A borrowed buffer; closing gives it back. */
    record Loan(BufferPool owner, ByteBuffer buffer) implements AutoCloseable {
        @Override
        public void close() {
            owner.free.add(buffer);
        }
    }

    Loan take() {
        ByteBuffer buffer = free.poll();
        return new Loan(this, buffer == null ? ByteBuffer.allocateDirect(SIZE) : buffer);
    }
}
