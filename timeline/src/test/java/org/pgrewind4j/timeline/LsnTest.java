package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    private static final BigInteger TWO_TO_32 = BigInteger.ONE.shiftLeft(32);

    @ParameterizedTest
    @CsvSource({
        "0/0, 0",
        "0/3000028, 3000028",
        "16/B374D848, 16b374d848",
        "1/0, 100000000",
        "0/FFFFFFFF, ffffffff",
        "80000000/0, 8000000000000000",
        "FFFFFFFF/FFFFFFFF, ffffffffffffffff"
    })
    void printsAndParsesAsPostgresDoes(String text, String value) {
        Lsn lsn = new Lsn(Long.parseUnsignedLong(value, 16));

        assertThat(lsn).hasToString(text);
        assertThat(Lsn.parse(text)).isEqualTo(lsn);
    }

    @ParameterizedTest
    @CsvSource({"0/03000158, 0/3000158", "00000016/b374d848, 16/B374D848", "a/b, A/B"})
    void parsesLeadingZerosAndLowerCase(String text, String printed) {
        assertThat(Lsn.parse(text)).hasToString(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "0",
                "0/",
                "/0",
                "0/0/0",
                "0//0",
                " 0/0",
                "0/0 ",
                "0 /0",
                "+1/0",
                "-1/0",
                "0x1/0",
                "G/0",
                "0/G",
                "123456789/0",
                "0/123456789",
                "٣/٣",
                "１/０",
                "0/3000158\n"
            })
    void refusesEveryOtherForm(String text) {
        assertThatThrownBy(() -> Lsn.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not an LSN: \"" + text + "\": expected two hexadecimal halves as in 16/B374D848");
    }

    @Property
    void parsesWhatItPrints(@ForAll("anywhere") Lsn lsn) {
        assertThat(Lsn.parse(lsn.toString())).isEqualTo(lsn);
    }

    @Property
    void parsesAnyTextOrRefusesIt(@ForAll String text) {
        try {
            assertThat(Lsn.parse(text).toString().toUpperCase(Locale.ROOT)).matches("[0-9A-F]+/[0-9A-F]+");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("not an LSN: \"");
        }
    }

    @Property
    void isOrderedAsAnUnsignedNumber(@ForAll("anywhere") Lsn a, @ForAll("anywhere") Lsn b) {
        int order = unsigned(a).compareTo(unsigned(b));

        assertThat(Integer.signum(a.compareTo(b))).isEqualTo(order);
        assertThat(a.isBefore(b)).isEqualTo(order < 0);
        assertThat(a.isAfter(b)).isEqualTo(order > 0);
        assertThat(unsigned(Lsn.min(a, b))).isEqualTo(unsigned(a).min(unsigned(b)));
        assertThat(unsigned(Lsn.max(a, b))).isEqualTo(unsigned(a).max(unsigned(b)));
    }

    @Property
    void halvesAreTheQuotientAndRemainderOfFourGigabytes(@ForAll("anywhere") Lsn lsn) {
        BigInteger[] halves = unsigned(lsn).divideAndRemainder(TWO_TO_32);

        assertThat(lsn).hasToString(String.format(Locale.ROOT, "%X/%X", halves[0], halves[1]));
    }

    @Property
    void plusUndoesMinus(@ForAll("anywhere") Lsn a, @ForAll("anywhere") Lsn b) {
        assertThat(b.plus(a.minus(b))).isEqualTo(a);
        assertThat(a.plus(0)).isEqualTo(a);
    }

    @Example
    void onlyZeroIsNoPosition() {
        assertThat(Lsn.INVALID.isValid()).isFalse();
        assertThat(new Lsn(1).isValid()).isTrue();
        assertThat(Lsn.MAX.isValid()).isTrue();
        assertThat(Lsn.INVALID).isLessThan(new Lsn(1));
        assertThat(Lsn.MAX).isGreaterThan(new Lsn(Long.MAX_VALUE));
    }

    @Provide
    Arbitrary<Lsn> anywhere() {
        return Arbitraries.longs().map(Lsn::new);
    }

    private static BigInteger unsigned(Lsn lsn) {
        return new BigInteger(Long.toUnsignedString(lsn.value()));
    }
}
