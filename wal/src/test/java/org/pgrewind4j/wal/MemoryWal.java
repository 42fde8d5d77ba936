package org.pgrewind4j.wal;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Segments in memory, which tests can spoil. */
public final class MemoryWal implements WalSegmentSource {

    private final Map<WalSegmentName, byte[]> segments = new HashMap<>();

    public MemoryWal put(WalSegmentName name, byte[] content) {
        segments.put(name, content);
        return this;
    }

    public MemoryWal remove(WalSegmentName name) {
        segments.remove(name);
        return this;
    }

    public byte[] content(WalSegmentName name) {
        return Objects.requireNonNull(segments.get(name), name::fileName);
    }

    /** The same segments; spoiling one of them leaves the other's as they are. */
    public MemoryWal copy() {
        MemoryWal copy = new MemoryWal();
        segments.forEach((name, content) -> copy.put(name, content.clone()));
        return copy;
    }

    public static MemoryWal load(ClusterWal wal) throws java.io.IOException {
        MemoryWal memory = new MemoryWal();
        for (WalSegmentName name : wal.segments()) {
            Path file = wal.directory().resolve(name.fileName());
            memory.put(name, Files.readAllBytes(file));
        }
        return memory;
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
