package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;

/** The clauses on {@link Transport#wal} and {@link Transport#replayEnd}. */
interface WalContract extends SourceUnderTest {

    /** A segment far behind all that a fresh cluster writes. */
    private WalSegmentName farAway(ControlFile controlFile) {
        return new WalSegmentName(controlFile.checkPointCopy().timeline(), 0x5000, controlFile.walSegmentSize());
    }

    private Path place(Transport transport, WalSegmentName name) throws IOException {
        return place(
                DataPath.of(transport.controlFile().version().walDirectory()).resolve(name.fileName()));
    }

    @Test
    default void opensSegments() throws IOException {
        byte[] content = SourceUnderTest.content(1 << 20, 1);
        try (Transport transport = open()) {
            WalSegmentName name = farAway(transport.controlFile());
            Path file = SourceUnderTest.readable(Files.write(place(transport, name), content));
            try (WalSegment segment = transport.wal().open(name).orElseThrow()) {
                assertThat(read(segment, 0, content.length)).isEqualTo(content);
                assertThat(read(segment, 8192, 8192)).isEqualTo(Arrays.copyOfRange(content, 8192, 16_384));
                assertThat(read(segment, content.length - 5, 5))
                        .isEqualTo(Arrays.copyOfRange(content, content.length - 5, content.length));
                assertThat(segment.read(ByteBuffer.allocate(10), content.length))
                        .isEqualTo(-1);
                assertThat(segment.read(ByteBuffer.allocate(10), 1L << 40)).isEqualTo(-1);
            } finally {
                Files.delete(file);
            }
        }
    }

    private static byte[] read(WalSegment segment, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            int read = segment.read(bytes, position + bytes.position());
            assertThat(read).isPositive();
        }
        return bytes.array();
    }

    @Test
    default void doesNotHaveASegmentThatIsNotThere() throws IOException {
        try (Transport transport = open()) {
            assertThat(transport.wal().open(farAway(transport.controlFile()))).isEmpty();
        }
    }

    @Test
    default void saysHowFarToReplay() throws IOException {
        try (Transport transport = open()) {
            ReplayEnd end = transport.replayEnd();
            ControlFile controlFile = end.controlFile();
            assertThat(controlFile.systemIdentifier())
                    .isEqualTo(transport.controlFile().systemIdentifier());
            assertThat(end.lsn()).isGreaterThanOrEqualTo(controlFile.checkPoint());
            assertThat(end.timeline())
                    .isGreaterThanOrEqualTo(controlFile.checkPointCopy().timeline());
            assertThat(transport
                            .wal()
                            .open(WalSegmentName.containing(
                                    end.timeline(), end.lsn().plus(-1), controlFile.walSegmentSize())))
                    .hasValueSatisfying(segment -> assertThat(segment).isNotNull());
        }
    }
}
