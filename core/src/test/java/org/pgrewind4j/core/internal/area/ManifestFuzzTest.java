package org.pgrewind4j.core.internal.area;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.pgrewind4j.timeline.PgRewindException;

/** What an interrupted rewind left in the target may be anything by now. */
class ManifestFuzzTest {

    @FuzzTest
    void linesUnderARightCrcAreReadOrRefused(byte[] lines) {
        Manifest manifest;
        try {
            manifest = ManifestText.parse(
                    ManifestText.closed(new StringBuilder(new String(lines, StandardCharsets.UTF_8))));
        } catch (PgRewindException e) {
            assertThat(e).hasMessageContaining("manifest");
            return;
        }
        assertThat(ManifestText.parse(ManifestText.format(manifest))).isEqualTo(manifest);
    }

    @FuzzTest
    void statusIsReadOrIgnored(byte[] text) {
        StatusText.parse(text)
                .ifPresent(told ->
                        assertThat(StatusText.parse(StatusText.format(told))).contains(told));
    }
}
