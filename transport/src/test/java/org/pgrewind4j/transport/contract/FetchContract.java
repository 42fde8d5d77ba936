package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;

/** The clauses on {@link Transport#fetch}. */
interface FetchContract extends SourceUnderTest {

    /** Larger than any buffer that an implementation may reasonably use. */
    int LARGE = 9_000_001;

    @Test
    default void fetchesRangesInAnyNumberAndOrder() throws IOException {
        byte[] large = SourceUnderTest.content(LARGE, 1);
        byte[] small = SourceUnderTest.content(8192, 2);
        DataPath largePath = write("large", large);
        DataPath smallPath = write("small", small);
        List<FileRange> ranges = List.of(
                new FileRange(smallPath, 0, 8192),
                new FileRange(largePath, 0, LARGE),
                new FileRange(largePath, 8192, 8192),
                new FileRange(largePath, 16_384, 8192),
                new FileRange(smallPath, 1, 1),
                new FileRange(largePath, 10_000, 10_000),
                new FileRange(smallPath, 0, 8192),
                new FileRange(largePath, LARGE - 1, 1),
                new FileRange(smallPath, 100, 0));
        assertFetches(ranges, large, small, largePath);
    }

    @Test
    default void fetchesManyScatteredRanges() throws IOException {
        byte[] large = SourceUnderTest.content(LARGE, 1);
        byte[] small = SourceUnderTest.content(8192, 2);
        DataPath largePath = write("large", large);
        DataPath smallPath = write("small", small);
        Random random = new Random(3);
        List<FileRange> ranges = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            boolean fromLarge = random.nextInt(4) > 0;
            int size = fromLarge ? LARGE : 8192;
            int offset = random.nextInt(size);
            ranges.add(new FileRange(
                    fromLarge ? largePath : smallPath, offset, random.nextInt(Math.min(8192, size - offset) + 1)));
        }
        assertFetches(ranges, large, small, largePath);
    }

    private void assertFetches(List<FileRange> ranges, byte[] large, byte[] small, DataPath largePath)
            throws IOException {
        try (Transport transport = open()) {
            Recorder recorder = Recorder.fetch(transport, ranges);
            for (int i = 0; i < ranges.size(); i++) {
                FileRange range = ranges.get(i);
                byte[] content = range.path().equals(largePath) ? large : small;
                assertThat(recorder.content(i))
                        .contains(Arrays.copyOfRange(content, (int) range.offset(), (int) range.end()));
            }
        }
    }

    @Test
    default void fetchesNothingOfAnEmptyList() throws IOException {
        try (Transport transport = open()) {
            Recorder.fetch(transport, List.of());
        }
    }

    @Test
    default void endsARangeEarlyWhereItsFileEnds() throws IOException {
        byte[] content = SourceUnderTest.content(10_000, 1);
        DataPath path = write("file", content);
        DataPath empty = write("empty", "");
        try (Transport transport = open()) {
            Recorder recorder = Recorder.fetch(
                    transport,
                    List.of(
                            new FileRange(path, 8192, 8192),
                            new FileRange(path, 10_000, 8192),
                            new FileRange(path, 1_000_000, 8192),
                            new FileRange(path, 0, Long.MAX_VALUE),
                            new FileRange(path, Long.MAX_VALUE, 0),
                            new FileRange(path, Long.MAX_VALUE - 8192, 8192),
                            new FileRange(path, 1L << 43, 1L << 43),
                            new FileRange(empty, 0, 1)));
            assertThat(recorder.content(0)).contains(Arrays.copyOfRange(content, 8192, 10_000));
            assertThat(recorder.content(3)).contains(content);
            for (int past : new int[] {1, 2, 4, 5, 6, 7}) {
                assertThat(recorder.content(past)).contains(new byte[0]);
            }
        }
    }

    @Test
    default void saysWhichFilesAreNotThere() throws IOException {
        DataPath path = write("file", "content");
        try (Transport transport = open()) {
            Recorder recorder = Recorder.fetch(
                    transport,
                    List.of(
                            new FileRange(inSandbox("missing"), 0, 10),
                            new FileRange(path, 0, 10),
                            new FileRange(inSandbox("missing"), 0, 0),
                            new FileRange(path, 0, 0),
                            new FileRange(inSandbox("no/such/folder"), 8192, 8192)));
            assertThat(recorder.content(0)).isEmpty();
            assertThat(recorder.content(1)).contains("content".getBytes(StandardCharsets.UTF_8));
            assertThat(recorder.content(2)).isEmpty();
            assertThat(recorder.content(3)).contains(new byte[0]);
            assertThat(recorder.content(4)).isEmpty();
        }
    }

    @Test
    default void toleratesAFileThatVanishesMeanwhile() throws IOException {
        byte[] content = SourceUnderTest.content(LARGE, 1);
        DataPath first = write("first", content);
        DataPath second = write("second", content);
        List<FileRange> ranges = List.of(new FileRange(first, 0, LARGE), new FileRange(second, 0, LARGE));
        try (Transport transport = open()) {
            Recorder recorder = new Recorder(ranges) {
                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    super.bytes(range, offset, chunk);
                    Files.deleteIfExists(place(first));
                    Files.deleteIfExists(place(second));
                }
            };
            transport.fetch(ranges, recorder);
            recorder.assertComplete();
            // Whether it came whole, or not at all, depends on when it was opened; half of it does not count.
            recorder.content(0).ifPresent(bytes -> assertThat(bytes).isEqualTo(content));
            recorder.content(1).ifPresent(bytes -> assertThat(bytes).isEqualTo(content));
        }
    }

    @Test
    default void toleratesAFileThatShrinksMeanwhile() throws IOException {
        byte[] content = SourceUnderTest.content(LARGE, 1);
        DataPath path = write("file", content);
        List<FileRange> ranges = List.of(new FileRange(path, 0, LARGE), new FileRange(path, LARGE - 1, 1));
        try (Transport transport = open();
                FileChannel file = FileChannel.open(place(path), StandardOpenOption.WRITE)) {
            Recorder recorder = new Recorder(ranges) {
                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    super.bytes(range, offset, chunk);
                    file.truncate(1_000);
                }
            };
            transport.fetch(ranges, recorder);
            recorder.assertComplete();
            byte[] came = recorder.content(0).orElseThrow();
            assertThat(came).isEqualTo(Arrays.copyOf(content, came.length));
            assertThat(Recorder.fetch(transport, ranges).content(0)).contains(Arrays.copyOf(content, 1_000));
        }
    }

    @Test
    default void readsAGrowingFileNoFurtherThanAsked() throws IOException {
        byte[] content = SourceUnderTest.content(LARGE, 1);
        DataPath path = write("file", Arrays.copyOf(content, 5_000_000));
        List<FileRange> ranges = List.of(new FileRange(path, 0, 6_000_000));
        try (Transport transport = open()) {
            Recorder recorder = new Recorder(ranges) {
                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    super.bytes(range, offset, chunk);
                    // In place, so that what was there stays there.
                    try (FileChannel file = FileChannel.open(place(path), StandardOpenOption.WRITE)) {
                        file.write(ByteBuffer.wrap(content, 5_000_000, LARGE - 5_000_000), 5_000_000);
                    }
                }
            };
            transport.fetch(ranges, recorder);
            recorder.assertComplete();
            byte[] came = recorder.content(0).orElseThrow();
            assertThat(came).hasSizeBetween(5_000_000, 6_000_000).isEqualTo(Arrays.copyOf(content, came.length));
        }
    }

    @Test
    default void doesNotFetchADirectory() throws IOException {
        DataPath path = write("file", "content");
        try (Transport transport = open()) {
            List<FileRange> ranges = List.of(new FileRange(SANDBOX, 0, 10));
            assertThatThrownBy(() -> transport.fetch(ranges, new Recorder(ranges)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("contract");
            assertThat(transport.read(path, 100)).hasSize(7);
        }
    }

    @Test
    default void doesNotFetchThroughALinkThatItSees(@TempDir Path elsewhere) throws IOException {
        SourceUnderTest.readable(Files.write(elsewhere.resolve("secret"), new byte[5]));
        write("file", "1");
        Files.createSymbolicLink(place(inSandbox("link")), elsewhere);
        Files.createSymbolicLink(place(inSandbox("secret")), elsewhere.resolve("secret"));
        if (seesLinks()) {
            try (Transport transport = open()) {
                List<FileRange> through = List.of(new FileRange(inSandbox("link/secret"), 0, 10));
                assertThatThrownBy(() -> transport.fetch(through, new Recorder(through)))
                        .isInstanceOf(UnsafePathException.class);
                List<FileRange> itself = List.of(new FileRange(inSandbox("secret"), 0, 10));
                assertThatThrownBy(() -> transport.fetch(itself, new Recorder(itself)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("contract/secret");
            }
        }
    }

    @Test
    default void endsTheFetchWithWhatTheReceiverThrows() throws IOException {
        DataPath path = write("file", SourceUnderTest.content(LARGE, 1));
        List<FileRange> ranges =
                List.of(new FileRange(path, 0, LARGE), new FileRange(path, 0, 10), new FileRange(path, 0, 10));
        try (Transport transport = open()) {
            for (FailingReceiver.At place : FailingReceiver.At.values()) {
                FailingReceiver receiver = new FailingReceiver(place);
                List<FileRange> asked = place == FailingReceiver.At.VANISHED
                        ? List.of(new FileRange(inSandbox("missing"), 0, 10))
                        : ranges;
                assertThatThrownBy(() -> transport.fetch(asked, receiver)).isSameAs(receiver.failure());
                assertThat(receiver.callsAfterFailure()).isZero();
            }
            assertThat(Recorder.fetch(transport, ranges).content(0)).isPresent();
        }
    }

    @Test
    default void servesSeveralThreadsAtOnce() throws Exception {
        byte[] content = SourceUnderTest.content(LARGE, 1);
        DataPath path = write("file", content);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Transport transport = open()) {
            List<Future<byte[]>> fetched = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                long offset = thread * 100L;
                fetched.add(threads.submit(() -> {
                    List<FileRange> ranges = List.of(new FileRange(path, offset, LARGE));
                    return Recorder.fetch(transport, ranges).content(0).orElseThrow();
                }));
            }
            for (int thread = 0; thread < 4; thread++) {
                assertThat(fetched.get(thread).get()).isEqualTo(Arrays.copyOfRange(content, thread * 100, LARGE));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
