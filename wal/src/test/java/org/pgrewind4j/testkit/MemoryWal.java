package org.pgrewind4j.testkit;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** WAL segments in memory, which tests can take away and spoil. {@link WalBuilder} makes them. */
public final class MemoryWal implements WalSegmentSource {

    private final Map<WalSegmentName, byte[]> segments = new ConcurrentHashMap<>();

    /** Starts without a segment. */
    public MemoryWal() {}

    /**
     * Puts a segment in, in place of one of the same name.
     *
     * @param name its name
     * @param content its bytes, which are not copied
     * @return this
     */
    public MemoryWal put(WalSegmentName name, byte[] content) {
        segments.put(name, content);
        return this;
    }

    /**
     * Takes a segment away.
     *
     * @param name its name
     * @return this
     */
    public MemoryWal remove(WalSegmentName name) {
        segments.remove(name);
        return this;
    }

    /**
     * The names of all segments.
     *
     * @return a copy, in no order
     */
    public Set<WalSegmentName> names() {
        return Set.copyOf(segments.keySet());
    }

    /**
     * The bytes of a segment; who changes them changes what is read.
     *
     * @param name its name
     * @return its bytes
     * @throws NullPointerException if there is no such segment
     */
    public byte[] content(WalSegmentName name) {
        return Objects.requireNonNull(segments.get(name), name::fileName);
    }

    /**
     * The same segments once more; spoiling one of them leaves the other's as they are.
     *
     * @return a deep copy
     */
    public MemoryWal copy() {
        MemoryWal copy = new MemoryWal();
        segments.forEach((name, content) -> copy.put(name, content.clone()));
        return copy;
    }

    @Override
    public Optional<WalSegment> open(WalSegmentName name) {
        return Optional.ofNullable(segments.get(name)).map(MemoryWal::segment);
    }

    private static WalSegment segment(byte[] content) {
        return new WalSegment() {
            @Override
            public int read(ByteBuffer target, long position) {
                if (position >= content.length) {
                    return -1;
                }
                int length = Math.min(target.remaining(), content.length - (int) position);
                target.put(content, (int) position, length);
                return length;
            }

            @Override
            public void close() {}
        };
    }
}
