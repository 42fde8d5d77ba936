package org.pgrewind4j.wal.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.pgrewind4j.wal.FuzzInput;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.UnsupportedVersionException;

class ControlFileFuzzTest {

    /** A source can send anything under a CRC that is right. */
    @FuzzTest
    void isReadOrRefused(byte[] input) {
        FuzzInput fuzz = FuzzInput.of(input);
        PostgresVersion version = fuzz.version();
        byte[] bytes = ControlFileFixture.bytes(version);
        fuzz.change(bytes, ControlFile.crcOffset(version));
        byte[] withCrc = ControlFileFixture.withCrc(bytes, version);
        ControlFile file;
        try {
            file = ControlFile.parse(withCrc);
        } catch (ControlFileException | UnsupportedVersionException | MalformedCheckPointException e) {
            return;
        }
        assertThat(file.patch().build().toBytes()).isEqualTo(withCrc);
    }
}
