package org.pgrewind4j.core.internal.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.core.internal.restore.ContentComparison.Content;
import org.pgrewind4j.core.internal.restore.ContentComparison.Pair;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.Checksum;
import org.pgrewind4j.transport.local.DataDirectory;

class ContentComparisonTest {

    private static final DataPath MAP = DataPath.of("pg_filenode.map");
    private static final byte[] OURS = endingInItsChecksum(1);
    private static final byte[] THEIRS = endingInItsChecksum(2);

    @TempDir
    Path target;

    /** As a map of catalogs and the state of a prepared transaction end. */
    private static byte[] endingInItsChecksum(int content) {
        ByteBuffer bytes = ByteBuffer.allocate(512).putInt(508, 0);
        Arrays.fill(bytes.array(), 0, 508, (byte) content);
        return bytes.putInt(508, Integer.reverseBytes(crc(bytes.array(), 508))).array();
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static Checksum crc(byte[] bytes) {
        byte[] value = ByteBuffer.allocate(4).putInt(crc(bytes, bytes.length)).array();
        return Checksum.of(Checksum.Algorithm.CRC32C, value);
    }

    private static Checksum sha(byte[] bytes, int length) throws NoSuchAlgorithmException {
        byte[] value = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, length));
        return Checksum.of(Checksum.Algorithm.SHA256, value);
    }

    private Content compare(byte[] found, long size, Optional<Checksum> checksum) throws IOException {
        Files.write(target.resolve(MAP.toString()), found);
        BackupEntry expected = new BackupEntry(
                SourceFile.file(MAP, size),
                new BackupEntry.Attributes(0600, Optional.empty(), Optional.empty()),
                Optional.empty(),
                checksum);
        Pair pair = new Pair(expected, SourceFile.file(MAP, found.length));
        ProgressCounter nobody = new ProgressCounter(RewindListener.none(), Phase.SCAN, 0, 0);
        Map<DataPath, Content> compared =
                new ContentComparison(DataDirectory.of(target), nobody).compare(List.of(pair), 1);
        return compared.get(MAP);
    }

    @Test
    void equalCyclicChecksumProvesNothing() throws IOException {
        assertThat(crc(OURS)).isEqualTo(crc(THEIRS));

        assertThat(compare(OURS, THEIRS.length, Optional.of(crc(THEIRS)))).isEqualTo(Content.UNKNOWN);
    }

    @Test
    void equalDigestDoes() throws IOException, NoSuchAlgorithmException {
        assertThat(compare(OURS, OURS.length, Optional.of(sha(OURS, 512)))).isEqualTo(Content.SAME);
        assertThat(compare(OURS, 100, Optional.of(sha(OURS, 100)))).isEqualTo(Content.LONGER);
        assertThat(compare(OURS, THEIRS.length, Optional.of(sha(THEIRS, 512)))).isEqualTo(Content.DIFFERENT);
        assertThat(compare(OURS, 513, Optional.of(sha(OURS, 512)))).isEqualTo(Content.DIFFERENT);
        assertThat(compare(OURS, 512, Optional.empty())).isEqualTo(Content.UNKNOWN);
    }
}
