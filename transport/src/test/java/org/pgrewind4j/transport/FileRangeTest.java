package org.pgrewind4j.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileRangeTest {

    private static final DataPath PATH = DataPath.of("base/1/1259");

    @Test
    void knowsItsEnd() {
        assertThat(new FileRange(PATH, 8192, 16_384).end()).isEqualTo(24_576);
        assertThat(new FileRange(PATH, 8192, 16_384)).hasToString("base/1/1259[8192, 24576)");
        assertThat(new FileRange(PATH, Long.MAX_VALUE - 1, 1).end()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, -1", "1, 9223372036854775807", "9223372036854775807, 1", "-9223372036854775808, 0"})
    void refusesImpossibleNumbers(long offset, long length) {
        assertThatThrownBy(() -> new FileRange(PATH, offset, length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("range of \"base/1/1259\": offset " + offset + ", length " + length);
    }
}
