package org.pgrewind4j.transport.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.pgrewind4j.transport.UnsafePathException;

class BackrestFuzzTest {

    /** Whoever forges a manifest knows its checksum as well: it is made right. */
    @FuzzTest
    void manifestIsReadOrRefused(byte[] input) throws IOException {
        String text = new String(input, StandardCharsets.UTF_8);
        for (String manifest : new String[] {text, withChecksum(text)}) {
            try {
                Manifest read =
                        ManifestParser.parse(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)));
                assertThat(BackupLabel.type(read.facts().label())).isPresent();
                read.files()
                        .forEach(file ->
                                assertThat(read.files().find(file.path())).contains(file));
            } catch (IniException | UnsafePathException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    /** Replaces the checksum at the end by the one that the reader says it found. */
    private static String withChecksum(String text) throws IOException {
        String zero = "[backrest]\nbackrest-checksum=\"\"\n";
        try {
            IniReader.read(
                    new ByteArrayInputStream((text + "\n" + zero).getBytes(StandardCharsets.UTF_8)),
                    (section, key, value) -> {});
        } catch (IniException e) {
            int found = e.getMessage().lastIndexOf(", found ");
            if (e.getMessage().startsWith("expected the checksum")) {
                return text + "\n" + zero.replace("\"\"", "\"" + e.getMessage().substring(found + 8) + "\"");
            }
        }
        return text;
    }

    @FuzzTest
    void blockMapIsReadOrRefused(FuzzedDataProvider data) {
        ManifestFile.Blocks blocks = new ManifestFile.Blocks(8192 * data.consumeInt(1, 16), data.consumeInt(1, 16), 1);
        long size = data.consumeLong(1, 1L << 31);
        byte[] map = data.consumeRemainingAsBytes();
        try {
            BlockMap read = BlockMap.parse(map, blocks, size, 3);
            for (int block = 0; block < read.size(); block++) {
                assertThat(read.superBlock(block).reference()).isBetween(0, 2);
                assertThat(read.checksum(block)).hasSize(blocks.checksumSize());
            }
        } catch (IniException e) {
            assertThat(e.getMessage()).startsWith("block map, byte ");
        }
    }
}
