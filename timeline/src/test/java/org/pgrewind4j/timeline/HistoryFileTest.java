package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryFileTest {

    private static final TimelineId FIVE = new TimelineId(5);

    private static final TimelineHistory EXPECTED = TimelineHistory.ofSingle(new TimelineId(1))
            .switchTo(new TimelineId(3), Lsn.parse("0/3000158"), "no recovery target specified")
            .switchTo(FIVE, Lsn.parse("16/B374D848"), "");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1\t0/3000158\tno recovery target specified\n\n3\t16/B374D848\t\n",
                // As release 19 prints positions.
                "1\t0/03000158\tno recovery target specified\n\n3\t16/B374D848\t\n",
                "1 0/3000158 no recovery target specified\n3 16/b374d848",
                "  1   0/3000158\t \tno recovery target specified  \n\t3\t16/B374D848",
                "1\t0/3000158\tno recovery target specified\r\n\r\n3\t16/B374D848\t\r\n",
                "1\t0/3000158\tno recovery target specified\r\n3\t16/B374D848\r",
                "# a comment\n1\t0/3000158\tno recovery target specified\n   # 2\t0/0\n\n \t\f\u000B\r\n3\t16/B374D848\n#",
                "0000000001\t0/3000158\tno recovery target specified\n0003\t16/B374D848\n\n\n"
            })
    void readsLinesAsPostgresDoes(String content) {
        TimelineHistory history = TimelineHistory.parse(FIVE, content);

        assertThat(history).isEqualTo(EXPECTED);
        assertThat(history.reasons()).containsExactly("no recovery target specified", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", " \t\r\n"})
    void aFileWithoutEntriesIsASingleTimeline(String content) {
        assertThat(TimelineHistory.parse(FIVE, content)).isEqualTo(TimelineHistory.ofSingle(FIVE));
    }

    @Test
    void keepsWhateverAReasonSays() {
        String reason = "at restore point \"a # b\", 2022-01-01 \r 3\t0/0\u0085 \u2028é";

        assertThat(TimelineHistory.parse(FIVE, "1\t0/10\t" + reason + "\n").reasons())
                .containsExactly(reason);
    }

    @Test
    void idsGoUpToTheGreatest() {
        TimelineHistory history =
                TimelineHistory.parse(new TimelineId(4294967295L), "2147483648\t0/10\n4294967294\tFFFFFFFF/FFFFFFFE\n");

        assertThat(history).hasToString("2147483648 until 0/10, 4294967294 until FFFFFFFF/FFFFFFFE, 4294967295");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no number|a timeline ID and a switch point",
                "-1 0/10|a timeline ID and a switch point",
                "+1 0/10|a timeline ID and a switch point",
                "3/10|a switch point such as 0/3000158 after the timeline ID",
                "1|a switch point such as 0/3000158 after the timeline ID",
                "1 reason|a switch point such as 0/3000158 after the timeline ID",
                "1 0|a switch point such as 0/3000158 after the timeline ID",
                "1 0/|a switch point such as 0/3000158 after the timeline ID",
                "1 /10|a switch point such as 0/3000158 after the timeline ID",
                "1 0/123456789|a switch point such as 0/3000158 after the timeline ID",
                "1 123456789/0|a switch point such as 0/3000158 after the timeline ID",
                "1 0/10reason|a switch point such as 0/3000158 after the timeline ID",
                "1 0x1/10|a switch point such as 0/3000158 after the timeline ID",
                "1a/10|a switch point such as 0/3000158 after the timeline ID",
                "1\u2003 0/10|a switch point such as 0/3000158 after the timeline ID",
                "0 0/10|a timeline ID from 1 to 4294967295",
                "4294967296 0/10|a timeline ID from 1 to 4294967295",
                "9999999999 0/10|a timeline ID from 1 to 4294967295",
                "00000000001 0/10|a timeline ID from 1 to 4294967295",
                "99999999999999999999999999 0/10|a timeline ID from 1 to 4294967295",
                "5 0/10|a timeline ID less than 5",
                "6 0/10|a timeline ID less than 5",
                "4294967295 0/10|a timeline ID less than 5",
                "1 0/0|a switch point between 0/0 and FFFFFFFF/FFFFFFFF",
                "1 FFFFFFFF/FFFFFFFF|a switch point between 0/0 and FFFFFFFF/FFFFFFFF"
            })
    void tellsWhatIsWrongWithALine(String line, String expected) {
        assertThatThrownBy(() -> TimelineHistory.parse(FIVE, "# first\n\n" + line + "\n"))
                .isInstanceOfSatisfying(MalformedHistoryException.class, e -> {
                    assertThat(e.file()).isEqualTo("00000005.history");
                    assertThat(e.line()).isEqualTo(3);
                })
                .hasMessage("malformed timeline history: file \"00000005.history\", line 3: expected " + expected
                        + ", found \"" + line + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 0/30|a timeline ID greater than 2",
                "2 0/30|a timeline ID greater than 2",
                "3 0/1F|a switch point not before 0/20"
            })
    void tellsWhatDoesNotFollowTheLineBefore(String line, String expected) {
        assertThatThrownBy(() -> TimelineHistory.parse(FIVE, "2 0/20\r\n" + line))
                .isInstanceOf(MalformedHistoryException.class)
                .hasMessage("malformed timeline history: file \"00000005.history\", line 2: expected " + expected
                        + ", found \"" + line + "\"");
    }

    @Test
    void showsOnlyTheBeginOfALongLineAndNoControlCharacters() {
        assertThatThrownBy(() -> TimelineHistory.parse(FIVE, "\u001B[2J\u0000\t" + "x".repeat(1_000_000)))
                .isInstanceOf(MalformedHistoryException.class)
                .hasMessage(
                        "malformed timeline history: file \"00000005.history\", line 1: expected a timeline ID and a"
                                + " switch point, found \"?[2J?\t" + "x".repeat(94) + "...\"");
    }

    @Test
    void readsALongHistoryInNoTime() {
        StringBuilder content = new StringBuilder();
        for (int i = 1; i <= 200_000; i++) {
            content.append(i).append("\t0/").append(Integer.toHexString(i)).append("\n");
        }

        assertThat(TimelineHistory.parse(new TimelineId(200_001), content.toString())
                        .spans())
                .hasSize(200_001);
    }

    @Property
    void parsesWhatItPrints(@ForAll("histories") TimelineHistory history) {
        TimelineHistory parsed = TimelineHistory.parse(history.timeline(), history.format());

        assertThat(parsed).isEqualTo(history);
        assertThat(parsed.reasons()).isEqualTo(history.reasons());
        assertThat(parsed.format()).isEqualTo(history.format());
    }

    @Property
    void anyTextIsAHistoryOrAnErrorWithItsPlace(@ForAll("texts") String text) {
        Throwable thrown = catchThrowable(() -> TimelineHistory.parse(FIVE, text));

        assertHistoryOrError(thrown, text);
    }

    @Property
    void anyChangedCharacterGivesAHistoryOrAnErrorWithItsPlace(
            @ForAll("histories") TimelineHistory history,
            @ForAll @IntRange(max = 10_000) int place,
            @ForAll char other) {
        String text = history.format();
        int at = text.isEmpty() ? 0 : place % text.length();
        String changed = text.substring(0, at) + other + text.substring(Math.min(at + 1, text.length()));

        assertHistoryOrError(catchThrowable(() -> TimelineHistory.parse(history.timeline(), changed)), changed);
    }

    private static void assertHistoryOrError(Throwable thrown, String text) {
        if (thrown != null) {
            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            MalformedHistoryException.class,
                            e -> assertThat(e.line()).isBetween(1, text.split("\n", -1).length));
        }
    }

    @Provide
    Arbitrary<TimelineHistory> histories() {
        return GeneratedTimelines.histories();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> likely = Arbitraries.of(
                        "1",
                        "2",
                        "4",
                        "5",
                        "0",
                        "4294967295",
                        "4294967296",
                        "\t",
                        " ",
                        "\n",
                        "\r\n",
                        "\r",
                        "#",
                        "0/10",
                        "0/20",
                        "1/0",
                        "FFFFFFFF/FFFFFFFF",
                        "0/0",
                        "/",
                        "reason",
                        "\u2003",
                        "\u0000")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
        return Arbitraries.oneOf(likely, Arbitraries.strings().all());
    }
}
