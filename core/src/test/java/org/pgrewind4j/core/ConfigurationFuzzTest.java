package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.internal.config.ConfigurationText;
import org.pgrewind4j.core.internal.config.ConfigurationText.Setting;

class ConfigurationFuzzTest {

    /** A value, a zero, and a file of any content. */
    @FuzzTest
    void setsAValueAndLeavesOtherSettings(byte[] input) {
        int zero = new String(input, StandardCharsets.ISO_8859_1).indexOf('\0');
        String value = new String(input, 0, Math.max(zero, 0), StandardCharsets.UTF_8);
        byte[] file = Arrays.copyOfRange(input, zero + 1, input.length);

        byte[] changed = ConfigurationText.set(file, Map.of("wanted", value));

        assertThat(settings(changed, "wanted")).containsExactly(new Setting("wanted", value));
        List<Setting> others = settings(file);
        others.removeIf(setting -> setting.name().equals("wanted"));
        List<Setting> left = settings(changed);
        left.remove(left.size() - 1);
        assertThat(left).isEqualTo(others);
    }

    private static List<Setting> settings(byte[] file) {
        return new java.util.ArrayList<>(ConfigurationText.lines(file).stream()
                .map(ConfigurationText::parse)
                .flatMap(Optional::stream)
                .toList());
    }

    private static List<Setting> settings(byte[] file, String name) {
        return settings(file).stream()
                .filter(setting -> setting.name().equals(name))
                .toList();
    }
}
