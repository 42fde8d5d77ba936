package org.pgrewind4j.transport.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;

class WalArchiveTest {

    private static final int SIZE = 1 << 20;
    private static final WalSegmentName NAME = new WalSegmentName(new TimelineId(2), 0x13, SIZE);

    @TempDir
    private Path folder;

    private WalArchive archive;

    @BeforeEach
    void name() {
        archive = WalArchive.of(folder);
    }

    private static byte[] segment() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(0, (short) 0xD118).putLong(8, NAME.begin().value());
        bytes.putInt(SIZE - 4, 0x01020304);
        return bytes.array();
    }

    private Path file(String path) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return file;
    }

    private void pack(String path, String kind, byte[] content) throws IOException {
        try (OutputStream stored = Files.newOutputStream(file(path));
                OutputStream packed = switch (kind) {
                    case "gz" -> new GZIPOutputStream(stored);
                    case "bz2" -> new BZip2CompressorOutputStream(stored);
                    case "lz4" -> new FramedLZ4CompressorOutputStream(stored);
                    case "zst" -> new ZstdOutputStream(stored);
                    case "xz" -> new XZCompressorOutputStream(stored);
                    default -> stored;
                }) {
            packed.write(content);
        }
    }

    private void assertFound() throws IOException {
        try (WalSegment found = archive.open(NAME).orElseThrow()) {
            ByteBuffer bytes = ByteBuffer.allocate(SIZE);
            while (bytes.hasRemaining() && found.read(bytes, bytes.position()) >= 0) {}
            assertThat(bytes.array()).isEqualTo(segment());
        }
        // Of the same segment on another timeline there is nothing.
        assertThat(archive.open(new WalSegmentName(new TimelineId(1), 0x13, SIZE)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'',plain,''",
        "0000000200000000/,gz,.gz",
        "'',bz2,.bz2",
        "wal_005/,lz4,.lz4",
        "wal_005/,zst,.zst",
        "'',xz,.xz",
        "wals/0000000200000000/,gz,''",
        "wals/0000000200000000/,plain,''"
    })
    void findsASegmentHoweverItIsKept(String place, String kind, String suffix) throws IOException {
        pack(place + NAME.fileName() + suffix, kind, segment());

        assertFound();
    }

    @Test
    void whatIsNotThereIsNoError() throws IOException {
        assertThat(archive.open(NAME)).isEmpty();
        assertThat(archive.history(new TimelineId(2))).isEmpty();
        assertThat(WalArchive.of(folder.resolve("nowhere")).open(NAME)).isEmpty();
        // It ends where somebody stopped to write.
        pack(NAME.fileName() + ".partial", "plain", segment());
        assertThat(archive.open(NAME)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"wals/,plain,''", "wal_005/,lz4,.lz4"})
    void readsHistoriesFromTheSamePlaces(String place, String kind, String suffix) throws IOException {
        pack(place + "00000002.history" + suffix, kind, "1\t0/3000000\tno reason\n".getBytes(StandardCharsets.UTF_8));

        assertThat(archive.history(new TimelineId(2)).orElseThrow().last().begin())
                .hasToString("0/3000000");
    }

    private void assertRefused(String path, String found) {
        assertThatThrownBy(() -> archive.open(NAME))
                .isInstanceOf(IOException.class)
                .hasMessage("archived WAL file \"" + folder.resolve(path) + "\": " + found);
    }

    @Test
    void namesAFileThatIsNotAllOfItsSegment() throws IOException {
        String plain = NAME.fileName();
        pack(plain, "plain", Arrays.copyOf(segment(), 8192));
        assertRefused(plain, "expected 1048576 bytes, found 8192");

        pack(plain, "gz", Arrays.copyOf(segment(), 8192));
        assertRefused(plain, "expected 1048576 bytes, found 8192");

        pack(plain, "gz", Arrays.copyOf(segment(), SIZE + 1));
        assertThatThrownBy(() -> archive.open(NAME)).hasMessageContaining("expected 1048576 bytes, found more");

        pack(plain, "plain", new byte[SIZE]);
        assertRefused(plain, "expected the WAL from 0/1300000 on, found none");

        byte[] other = segment();
        ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 0x1400000);
        pack(plain, "zst", other);
        assertRefused(plain, "expected the WAL from 0/1300000 on, found that from 0/1400000 on");

        byte[] cut = Files.readAllBytes(file(plain));
        Files.write(file(plain), Arrays.copyOf(cut, cut.length / 2));
        assertThatThrownBy(() -> archive.open(NAME))
                .isInstanceOf(IOException.class)
                .message()
                .startsWith("archived WAL file \"")
                .matches(text -> text.toLowerCase(Locale.ROOT).contains("after "), "tells how far it came");
    }

    @Test
    void namesAHistoryThatIsNone() throws IOException {
        pack("00000002.history", "plain", "what".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> archive.history(new TimelineId(2)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("archived WAL file \"" + folder.resolve("00000002.history") + "\": ");
    }
}
