package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.timeline.TimelineId;

class WalSegmentSourceTest {

    private static final WalSegmentName SEGMENT_1 = new WalSegmentName(new TimelineId(1), 1, 1 << 20);
    private static final WalSegmentName SEGMENT_2 = SEGMENT_1.next();

    @TempDir
    Path first;

    @TempDir
    Path second;

    @Test
    void readsFromAPositionToTheFilesEnd() throws IOException {
        Files.writeString(first.resolve(SEGMENT_1.fileName()), "abcdef");

        try (WalSegment segment = new DirectoryWalSource(first).open(SEGMENT_1).orElseThrow()) {
            ByteBuffer target = ByteBuffer.allocate(4);
            assertThat(segment.read(target, 3)).isEqualTo(3);
            assertThat(new String(target.array(), 0, 3, StandardCharsets.US_ASCII))
                    .isEqualTo("def");
            assertThat(segment.read(target, 6)).isEqualTo(-1);
            assertThat(segment.read(target, 1L << 40)).isEqualTo(-1);
        }
    }

    @Test
    void hasNoSegmentInADirectoryThatIsMissing() throws IOException {
        assertThat(new DirectoryWalSource(first.resolve("missing")).open(SEGMENT_1))
                .isEmpty();
    }

    @Test
    void asksTheNextSourceForWhatTheFirstDoesNotHave() throws IOException {
        Files.writeString(first.resolve(SEGMENT_1.fileName()), "a");
        Files.writeString(second.resolve(SEGMENT_1.fileName()), "b");
        Files.writeString(second.resolve(SEGMENT_2.fileName()), "c");
        WalSegmentSource chain =
                WalSegmentSource.firstOf(new DirectoryWalSource(first), new DirectoryWalSource(second));

        assertThat(firstByte(chain, SEGMENT_1)).isEqualTo('a');
        assertThat(firstByte(chain, SEGMENT_2)).isEqualTo('c');
        assertThat(chain.open(SEGMENT_2.next())).isEmpty();
    }

    private static int firstByte(WalSegmentSource source, WalSegmentName name) throws IOException {
        try (WalSegment segment = source.open(name).orElseThrow()) {
            ByteBuffer target = ByteBuffer.allocate(1);
            segment.read(target, 0);
            return target.get(0);
        }
    }
}
