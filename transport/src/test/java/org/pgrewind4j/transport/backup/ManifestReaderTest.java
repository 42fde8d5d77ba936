package org.pgrewind4j.transport.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.UnsafePathException;

/** Manifests with a right checksum of their own, whatever else is wrong with them. */
class ManifestReaderTest {

    private static final String GOOD = """
            { "PostgreSQL-Backup-Manifest-Version": 2,
            "System-Identifier": 18446744073709551615,
            "Files": [
            { "Path": "backup_label", "Size": 225, "Last-Modified": "2026-11-28 10:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "7C5f0a01" },
            { "Encoded-Path": "626173652fc3a4", "Size": 0, "Last-Modified": "2026-11-28 10:00:00 GMT" }
            ],
            "WAL-Ranges": [
            { "Timeline": 2, "Start-LSN": "0/5000000", "End-LSN": "0/6000100" },
            { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/5000000" }
            ],
            """;

    private static Path write(Path directory, String lines) throws IOException {
        String sum = Hashing.sha256().hashString(lines, StandardCharsets.UTF_8).toString();
        return Files.writeString(
                directory.resolve("backup_manifest"), lines + "\"Manifest-Checksum\": \"" + sum + "\"}\n");
    }

    @Test
    void readsFilesAndWal(@TempDir Path directory) throws IOException {
        BackupManifest manifest = ManifestReader.read(write(directory, GOOD));

        assertThat(manifest.systemIdentifier()).contains(-1L);
        assertThat(manifest.files())
                .isEqualTo(Map.of(
                        DataPath.of("backup_label"),
                        new BackupManifest.Content(
                                225, Optional.of(new Checksum(Checksum.Algorithm.CRC32C, "7c5f0a01"))),
                        DataPath.of("base/\u00e4"),
                        new BackupManifest.Content(0, Optional.empty())));
        assertThat(manifest.walRanges())
                .isEqualTo(List.of(
                        new BackupManifest.WalRange(new TimelineId(2), Lsn.parse("0/5000000"), Lsn.parse("0/6000100")),
                        new BackupManifest.WalRange(
                                new TimelineId(1), Lsn.parse("0/2000028"), Lsn.parse("0/5000000"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Version\": 2                 | Version\": 3              | expected version 1 or 2",
                "\"Path\": \"backup_label\"   | \"Name\": \"backup_label\" | expected \"Encoded-Path\"",
                "\"Size\": 225                | \"Size\": -1              | expected the size of a file",
                "\"Size\": 225                | \"Size\": \"225\"         | expected \"Size\"",
                "CRC32C                       | MD5                       | expected a checksum of a kind that is known",
                "7C5f0a01                     | 7C5f0a                    | expected a checksum of a kind that is known",
                "\"Timeline\": 2              | \"Timeline\": 0           | expected a timeline and two LSNs",
                "0/6000100                    | 0/60001x                  | expected a timeline and two LSNs",
                "WAL-Ranges                   | WAL                       | expected a name that is known, found \"WAL\"",
                "626173652fc3a4               | 626173652fc3              | expected the name of a file in UTF-8",
                "626173652fc3a4               | 6261636b75705f6c6162656c  | expected each file once",
                "\"Files\": [                 | \"Files\": {              | expected an array",
            })
    void saysWhereItExpectedWhat(String right, String wrong, String message, @TempDir Path directory)
            throws IOException {
        assertThat(GOOD).contains(right);
        Path file = write(directory, GOOD.replace(right, wrong));

        assertThatThrownBy(() -> ManifestReader.read(file))
                .isInstanceOf(BackupException.class)
                .hasMessageMatching("(?s)\\Q" + file + "\\E, offset [0-9]+: \\Q" + message + "\\E.*");
    }

    @Test
    void refusesPathsThatLeadElsewhere(@TempDir Path directory) throws IOException {
        Path file = write(directory, GOOD.replace("backup_label", "../backup_label"));

        assertThatThrownBy(() -> ManifestReader.read(file)).isInstanceOf(UnsafePathException.class);
    }

    @Property(tries = 500)
    void anyOtherTextIsATypedError(@ForAll @IntRange(max = 800) int at, @ForAll @IntRange(min = 32, max = 126) int c)
            throws IOException {
        Path directory = Files.createTempDirectory("pgrewind4j-");
        try {
            int place = at % GOOD.length();
            Path file = write(directory, GOOD.substring(0, place) + (char) c + GOOD.substring(place + 1));
            Throwable failure = catchThrowable(() -> ManifestReader.read(file));
            if (failure != null) {
                assertThat(failure).isInstanceOfAny(BackupException.class, UnsafePathException.class);
            }
        } finally {
            Files.deleteIfExists(directory.resolve("backup_manifest"));
            Files.delete(directory);
        }
    }
}
