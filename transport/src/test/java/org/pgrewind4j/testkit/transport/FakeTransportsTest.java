package org.pgrewind4j.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.testkit.ControlFileBuilder;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

class FakeTransportsTest {

    private static final ControlFile CONTROL_FILE =
            ControlFileBuilder.of(PostgresVersion.V17).build();

    private static MemoryTransport source() {
        return MemoryTransport.of(CONTROL_FILE)
                .file("base/1/1259", "0123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** Keeps what came. */
    private static final class Kept implements RangeReceiver {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<String> ends = new ArrayList<>();

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) {
            byte[] piece = new byte[chunk.remaining()];
            chunk.get(piece);
            bytes.writeBytes(piece);
        }

        @Override
        public void end(int range, long delivered) {
            ends.add(range + ": " + delivered);
        }

        @Override
        public void vanished(int range) {
            ends.add(range + " vanished");
        }
    }

    private static final List<FileRange> RANGES = List.of(
            new FileRange(DataPath.of("base/1/1259"), 2, 4),
            new FileRange(DataPath.of("base/1/1259"), 8, 100),
            new FileRange(DataPath.of("base/1/1"), 0, 1));

    @Test
    void filesInMemoryAreListedReadFetchedAndCompared(@TempDir Path local) throws IOException {
        Files.createDirectories(local.resolve("base/1"));
        Files.writeString(local.resolve("base/1/1259"), "0123456x89");
        MemoryTransport source = source();
        List<String> listed = new ArrayList<>();
        source.list(Set.of(DataPath.of("base")), file -> listed.add(file.path() + " " + file.type()));
        Kept kept = new Kept();
        source.fetch(RANGES, kept);

        assertThat(listed).containsExactly("base DIRECTORY", "global DIRECTORY", "global/pg_control FILE");
        assertThat(kept.bytes.toString(java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("234589");
        assertThat(kept.ends).containsExactly("0: 4", "1: 2", "2 vanished");
        assertThat(source.different(RANGES, local)).isEqualTo(BitSet.valueOf(new long[] {0b100}));
        assertThat(source.replayEnd().lsn()).isEqualTo(CONTROL_FILE.checkPoint());
        assertThatThrownBy(() -> source.read(DataPath.of("base"), 10)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> source.remove("base/1/1259").read(DataPath.of("base/1/1259"), 10))
                .isInstanceOf(NoSuchFileException.class);
        source.file(
                "global/pg_control", ControlFileBuilder.of(PostgresVersion.V16).toBytes());
        assertThatThrownBy(source::replayEnd).isInstanceOf(SourceChangedException.class);
        source.close();
        assertThatThrownBy(source::mode).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failsWhereItIsTold() throws IOException {
        FailingTransport failing = FailingTransport.of(source())
                .at(TransportCall.LIST)
                .after(1, TransportCall.READ)
                .afterBytes(5);
        Kept kept = new Kept();

        assertThatThrownBy(() -> failing.list(Set.of(), file -> {}))
                .hasMessage("could not read from files in memory: failure for a test at LIST");
        assertThat(failing.read(DataPath.of("base/1/1259"), 10)).hasSize(10);
        assertThatThrownBy(() -> failing.read(DataPath.of("base/1/1259"), 10)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> failing.fetch(RANGES, kept))
                .hasMessage("could not read from files in memory: failure for a test within a fetch");
        assertThat(kept.bytes.size()).isEqualTo(5);
        assertThat(kept.ends).containsExactly("0: 4");

        failing.heal();
        failing.list(Set.of(), file -> {});
        failing.fetch(RANGES, new Kept());
    }

    @Test
    void slowCallsEndWithAnInterruptAndWithTheClosing() throws IOException {
        Transport slow = SlowTransport.of(source(), Duration.ofDays(1));
        Thread.currentThread().interrupt();
        assertThatThrownBy(slow::mode).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        slow.close();
        assertThatThrownBy(slow::mode).isInstanceOf(IllegalStateException.class);
        Transport quick = SlowTransport.of(source(), Duration.ofNanos(1));
        quick.fetch(RANGES, new Kept());
    }
}
