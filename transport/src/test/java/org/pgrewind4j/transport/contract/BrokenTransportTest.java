package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testkit.ControlFileBuilder;
import org.pgrewind4j.testkit.transport.ForwardingTransport;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.PostgresVersion;

/** A transport that breaks the clauses on memory, round trips and time does not pass. */
class BrokenTransportTest {

    @TempDir
    Path folder;

    private final AtomicLong roundTrips = new AtomicLong();
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean silent;

    @BeforeEach
    void makeDataDirectory() throws IOException {
        Path controlFile = DataPath.CONTROL_FILE.in(folder);
        Files.createDirectories(controlFile.getParent());
        Files.write(
                controlFile, ControlFileBuilder.of(PostgresVersion.V18).build().toBytes());
    }

    /** Holds each range before it hands it on, asks once for each file, and waits for answers. */
    private final class Broken extends ForwardingTransport {
        Broken() throws IOException {
            super(LocalDirectoryTransport.open(folder));
        }

        @Override
        public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
            ask();
            super.list(closed, file -> {
                ask();
                visitor.visit(file);
            });
        }

        @Override
        public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
            for (int i = 0; i < ranges.size(); i++) {
                ask();
                FileRange range = ranges.get(i);
                byte[] all = super.read(range.path(), (int) range.length());
                receiver.bytes(i, range.offset(), ByteBuffer.wrap(all));
                receiver.end(i, all.length);
            }
        }

        @Override
        public BitSet different(List<FileRange> ranges, Path directory) throws IOException {
            ask();
            return super.different(ranges, directory);
        }

        private void ask() {
            roundTrips.incrementAndGet();
            while (silent) {
                try {
                    answered.await();
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private abstract class Source implements NetworkContract, MemoryContract {
        @Override
        public Transport open() throws IOException {
            return new Broken();
        }

        @Override
        public Path dataDirectory() {
            return folder;
        }

        @Override
        public SourceMode mode() {
            return SourceMode.STOPPED;
        }

        @Override
        public boolean seesLinks() {
            return true;
        }

        @Override
        public Tablespace tablespace() {
            throw new AssertionError("no test asks for one");
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(200);
        }

        @Override
        public Optional<Network> network() {
            return Optional.of(new Network() {
                @Override
                public Transport open() throws IOException {
                    return new Broken();
                }

                @Override
                public long roundTrips() {
                    return roundTrips.get();
                }

                @Override
                public void silence() {
                    silent = true;
                }

                @Override
                public void close() {
                    // Nothing to give back.
                }
            });
        }
    }

    private Source source() {
        return new Source() {};
    }

    @Test
    void holdingAWholeFileIsFound() {
        assertThatThrownBy(() -> source().holdsNoMoreOfALargeFileThanItsBuffers())
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void askingForEachListedFileIsFound() {
        assertThatThrownBy(() -> source().aListingCostsNoMoreRoundTripsForMoreFiles())
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void askingForEachFetchedFileIsFound(@TempDir Path local) {
        assertThatThrownBy(() -> source().manyFilesAreReadInBatches(local)).isInstanceOf(AssertionError.class);
    }

    @Test
    void waitingForeverIsFound(@TempDir Path local) {
        assertThatThrownBy(() -> source().noCallWaitsForeverForASourceThatIsSilent(local))
                .isInstanceOf(AssertionError.class);
    }
}
