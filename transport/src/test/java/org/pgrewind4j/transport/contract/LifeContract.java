package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** The clauses on what a transport is, interrupts and closing. */
interface LifeContract extends SourceUnderTest {

    @Test
    default void saysWhatItIs() throws IOException {
        try (Transport transport = open()) {
            assertThat(transport.description()).isNotBlank();
            assertThat(transport.mode()).isEqualTo(mode());
            assertThat(transport.problems()).isEmpty();
        }
    }

    /** Every call that reads something. */
    private List<ThrowingCallable> calls(Transport transport) {
        DataPath version = DataPath.of("PG_VERSION");
        List<FileRange> ranges = List.of(new FileRange(version, 0, 10));
        return List.of(
                transport::mode,
                transport::problems,
                transport::controlFile,
                () -> transport.list(Set.of(), file -> {}),
                () -> transport.read(version, 10),
                () -> transport.fetch(ranges, new Recorder(ranges)),
                () -> transport.different(ranges, Path.of("missing")),
                transport::replayEnd);
    }

    @Test
    default void anInterruptedThreadReadsNothing() throws IOException {
        try (Transport transport = open()) {
            for (ThrowingCallable call : calls(transport)) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(call).isInstanceOf(InterruptedIOException.class);
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThat(transport.read(DataPath.of("PG_VERSION"), 10)).isNotEmpty();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    default void anInterruptEndsAFetch() throws IOException {
        DataPath path = write("file", SourceUnderTest.content(FetchContract.LARGE, 1));
        List<FileRange> ranges = List.of(new FileRange(path, 0, FetchContract.LARGE), new FileRange(path, 0, 10));
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.fetch(ranges, new Recorder(ranges) {
                        @Override
                        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                            super.bytes(range, offset, chunk);
                            Thread.currentThread().interrupt();
                        }
                    }))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(Recorder.fetch(transport, ranges).content(0)).isPresent();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    default void anInterruptEndsAListing() throws IOException {
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.list(
                            Set.of(), file -> Thread.currentThread().interrupt()))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(transport.mode()).isEqualTo(mode());
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    default void closingEndsAFetchOnAnotherThread() throws Exception {
        DataPath path = write("file", SourceUnderTest.content(FetchContract.LARGE, 1));
        List<FileRange> ranges = List.of(new FileRange(path, 0, FetchContract.LARGE), new FileRange(path, 0, 10));
        Transport transport = open();
        assertThatThrownBy(() -> transport.fetch(ranges, new Recorder(ranges) {
                    @Override
                    public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                        super.bytes(range, offset, chunk);
                        closeOnAnotherThread(transport);
                    }
                }))
                .isInstanceOf(IOException.class);
    }

    @Test
    default void closingEndsAListingOnAnotherThread() throws Exception {
        Transport transport = open();
        assertThatThrownBy(() -> transport.list(Set.of(), file -> closeOnAnotherThread(transport)))
                .isInstanceOf(IOException.class);
    }

    private static void closeOnAnotherThread(Transport transport) throws IOException {
        Thread closer = new Thread(() -> {
            try {
                transport.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        closer.start();
        try {
            closer.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Test
    default void aClosedTransportReadsNothing() throws IOException {
        Transport transport = open();
        String description = transport.description();
        WalSegmentSource wal = transport.wal();
        transport.close();
        transport.close();
        for (ThrowingCallable call : calls(transport)) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
        WalSegmentName first = new WalSegmentName(new TimelineId(1), 1, 1 << 24);
        assertThatThrownBy(() -> wal.open(first)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transport.history(PostgresVersion.V15, new TimelineId(2)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(transport.description()).isEqualTo(description);
    }
}
