package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;

/** The clause on memory: what a transport holds of a file does not grow with the file. */
interface MemoryContract extends SourceUnderTest {

    /** A file without blocks on the disk, larger than what a transport may hold by far. */
    long HUGE = 64L << 20;

    /** What a transport may hold of it, and the rest of the JVM besides. */
    long ENOUGH = HUGE / 2;

    @Test
    default void holdsNoMoreOfALargeFileThanItsBuffers() throws IOException {
        DataPath path = write("huge", "");
        try (FileChannel file = FileChannel.open(place(path), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), HUGE - 1);
        }
        try (Transport transport = open()) {
            long before = held();
            Sampler sampler = new Sampler();
            transport.fetch(List.of(new FileRange(path, 0, HUGE)), sampler);
            assertThat(sampler.delivered).isEqualTo(HUGE);
            assertThat(sampler.mostHeld - before).isLessThan(ENOUGH);
        }
    }

    /** Looks at the first piece, when one who reads ahead holds most, and at the last, when one who keeps does. */
    final class Sampler implements RangeReceiver {
        private long delivered;
        private long mostHeld;

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {
            delivered += chunk.remaining();
            if (offset == 0 || delivered == HUGE) {
                mostHeld = Math.max(mostHeld, held());
            }
        }

        @Override
        public void end(int range, long length) {
            assertThat(length).isEqualTo(delivered);
        }

        @Override
        public void vanished(int range) {
            throw new AssertionError("vanished");
        }
    }

    /** The bytes that are in use, in the heap and outside. */
    @SuppressWarnings("SystemGc") // What is garbage is not held.
    private static long held() {
        System.gc();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct;
    }
}
