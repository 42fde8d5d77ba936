package org.pgrewind4j.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.pgrewind4j.transport.libpq.LibpqOption;
import org.pgrewind4j.transport.libpq.LibpqString;

class LibpqFuzzTest {

    private static final Path NO_HOME = Path.of("/nonexistent");

    /** Either form leads somewhere, or is refused as the caller's mistake. What it says can be written as pairs. */
    @FuzzTest
    void connectionStringIsReadOrRefused(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Map<LibpqOption, String> values;
        try {
            values = LibpqString.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return;
        }
        String pairs = values.entrySet().stream()
                .map(value -> value.getKey().keyword() + "=" + LibpqString.quote(value.getValue()))
                .collect(Collectors.joining(" "));
        assertThat(LibpqString.parse(pairs)).isEqualTo(values);
        connect(text);
    }

    private static void connect(String text) {
        try {
            LibpqConnection connection = LibpqConnection.of(text, Map.of(), NO_HOME);
            assertThat(connection.connector().description()).startsWith("server ");
            assertThat(connection.properties()).containsKey("user");
            assertThat(connection.connectTimeout()).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
