package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VisibleTextTest {

    @Test
    void leavesTextAsItIs() {
        String text = "ümläut \t\uD83D\uDC18 'quoted\" \\";

        assertThat(VisibleText.of(text)).isSameAs(text);
        assertThat(VisibleText.ofLines("one\n" + text)).isEqualTo("one\n" + text);
    }

    @Test
    void showsWhatATerminalWouldObey() {
        assertThat(VisibleText.of("a\u001B[2Jb\u009Bc\rd\u0000\u007F"))
                .isEqualTo("a\\u001B[2Jb\\u009Bc\\u000Dd\\u0000\\u007F");
    }

    @Test
    void showsWhatPretendsToBeALineOrAnotherText() {
        assertThat(VisibleText.of("a\nHINT: b\u2028c\u202Ed\uD83D"))
                .isEqualTo("a\\u000AHINT: b\\u2028c\\u202Ed\\uD83D");
        assertThat(VisibleText.ofLines("a\nHINT: b\r\n")).isEqualTo("a\nHINT: b\\u000D\n");
    }

    @Test
    void cutsWhatIsTooLongToBeRead() {
        assertThat(VisibleText.of("x".repeat(5000))).isEqualTo("x".repeat(4000) + "...");
        assertThat(VisibleText.of("abc", 2)).isEqualTo("ab...");
    }

    @Test
    void messagesOfErrorsAreHarmless() {
        assertThat(new PgRewindException(PgRewindException.withHint("a\u001B[31m", "b")))
                .hasMessage("a\\u001B[31m\nHINT: b");
    }
}
