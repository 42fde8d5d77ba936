package org.pgrewind4j.core.internal.rewind.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.TablespacePolicy;

class TablespaceMappingTest {

    private static final TablespaceMapping MAPPING =
            new TablespaceMapping(Map.of("/fast", "/mnt/fast"), TablespacePolicy.none());

    @Test
    void mapsExactlyWhatIsNamed() {
        assertThat(MAPPING.location("/fast")).isEqualTo("/mnt/fast");
        assertThat(MAPPING.location("/fast/inner")).isEqualTo("/fast/inner");
        assertThat(MAPPING.location("/slow")).isEqualTo("/slow");
    }

    @Test
    void knowsItsOwnLocations() {
        assertThat(MAPPING.isMappedTo("/mnt/fast")).isTrue();
        assertThat(MAPPING.isMappedTo("/fast")).isFalse();
    }
}
