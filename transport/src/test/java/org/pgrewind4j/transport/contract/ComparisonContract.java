package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;

/** The clauses on {@link Transport#different}. */
interface ComparisonContract extends SourceUnderTest {

    @Test
    default void tellsEqualFilesFromThoseThatDiffer(@TempDir Path local) throws IOException {
        byte[] content = SourceUnderTest.content(3_000_000, 1);
        byte[] lastByte = content.clone();
        lastByte[2_999_999] ^= 1;
        both(local, "equal", content, content);
        both(local, "last", content, lastByte);
        both(local, "shorter", content, Arrays.copyOf(content, 2_999_999));
        both(local, "longer", Arrays.copyOf(content, 100), Arrays.copyOf(content, 101));
        both(local, "empty", new byte[0], new byte[0]);
        both(local, "emptied", content, new byte[0]);
        write("here", content);
        Files.write(place(local, "there"), content);

        assertThat(different(local, "equal", "last", "shorter", "longer", "empty", "emptied", "here", "there", "none"))
                .isEqualTo(bits(1, 2, 3, 5, 6, 7, 8));
    }

    @Test
    default void comparesTheRangeAndNothingElse(@TempDir Path local) throws IOException {
        byte[] content = SourceUnderTest.content(100_000, 1);
        byte[] changed = content.clone();
        changed[50_000] ^= 1;
        both(local, "file", content, changed);
        both(local, "long", content, Arrays.copyOf(content, 90_000));
        DataPath file = inSandbox("file");
        DataPath longer = inSandbox("long");
        try (Transport transport = open()) {
            assertThat(transport.different(
                            List.of(
                                    new FileRange(file, 0, 50_000),
                                    new FileRange(file, 50_000, 1),
                                    new FileRange(file, 50_001, 49_999),
                                    new FileRange(file, 50_000, 0),
                                    new FileRange(file, 0, Long.MAX_VALUE),
                                    new FileRange(file, 50_001, Long.MAX_VALUE - 50_001),
                                    new FileRange(file, 200_000, 8192),
                                    new FileRange(longer, 0, 90_000),
                                    new FileRange(longer, 80_000, 20_000),
                                    new FileRange(longer, 90_000, 10_000),
                                    new FileRange(longer, 100_000, 10_000)),
                            local))
                    .isEqualTo(bits(1, 4, 8, 9));
        }
    }

    @Test
    default void comparesThousandsOfBlocks(@TempDir Path local) throws IOException {
        byte[] content = SourceUnderTest.content(8192 * 1_000, 1);
        byte[] changed = content.clone();
        BitSet expected = new BitSet();
        for (int block = 0; block < 1_000; block += 7) {
            changed[block * 8192 + block] ^= 1;
            expected.set(block);
        }
        both(local, "file", content, changed);
        List<FileRange> blocks = IntStream.range(0, 1_000)
                .mapToObj(block -> new FileRange(inSandbox("file"), block * 8192L, 8192))
                .toList();
        try (Transport transport = open()) {
            assertThat(transport.different(blocks, local)).isEqualTo(expected);
            assertThat(transport.different(List.of(), local)).isEqualTo(new BitSet());
        }
    }

    @Test
    default void doesNotLeaveTheLocalDirectoryByALink(@TempDir Path local, @TempDir Path elsewhere) throws IOException {
        DataPath path = write("folder/file", "1");
        Files.writeString(elsewhere.resolve("file"), "1");
        Files.createSymbolicLink(place(local, "folder"), elsewhere);
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.different(List.of(new FileRange(path, 0, 1)), local))
                    .isInstanceOfSatisfying(
                            UnsafePathException.class, e -> assertThat(e.path()).isEqualTo("contract/folder/file"));
        }
    }

    private void both(Path local, String name, byte[] here, byte[] there) throws IOException {
        write(name, here);
        Files.write(place(local, name), there);
    }

    private Path place(Path local, String name) throws IOException {
        Path place = inSandbox(name).in(local);
        Files.createDirectories(place.getParent());
        return place;
    }

    private BitSet different(Path local, String... names) throws IOException {
        try (Transport transport = open()) {
            return transport.different(
                    Arrays.stream(names)
                            .map(name -> new FileRange(inSandbox(name), 0, 3_000_000))
                            .toList(),
                    local);
        }
    }

    private static BitSet bits(int... indexes) {
        BitSet bits = new BitSet();
        for (int index : indexes) {
            bits.set(index);
        }
        return bits;
    }
}
