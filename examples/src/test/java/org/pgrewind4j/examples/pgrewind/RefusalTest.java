package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.core.Problem;

class RefusalTest {

    private static String told(Problem... problems) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        new Refusal(new Messages(stream), "/data").tell(List.of(problems));
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DIFFERENT_SYSTEM     | source and target clusters are from different systems",
                "DIFFERENT_RELEASE    | clusters are not compatible with this version of pg_rewind",
                "HINT_BITS_NOT_LOGGED | target server needs to use either data checksums or \"wal_log_hints = on\"",
                "TARGET_RUNNING       | target server must be shut down cleanly",
                "SOURCE_NOT_STOPPED   | source data directory must be shut down cleanly",
                "FULL_PAGE_WRITES_OFF | \"full_page_writes\" must be enabled in the source server",
                "NO_COMMON_HISTORY    | could not find common ancestor of the source and target cluster's timelines",
            })
    void speaksAsTheOriginal(Problem.Kind kind, String words) {
        assertThat(told(new Problem(kind, "what is wrong", "what helps")))
                .isEqualTo("pg_rewind: error: " + words
                        + "\npg_rewind: detail: what is wrong\npg_rewind: hint: what helps\n");
    }

    @ParameterizedTest
    @EnumSource(
            value = Problem.Kind.class,
            names = {"DIFFERENT_LAYOUT", "NOT_ENOUGH_DISK", "BACKUP_LABEL_PRESENT"})
    void speaksForItselfOtherwise(Problem.Kind kind) {
        assertThat(told(new Problem(kind, "what is wrong", "what helps")))
                .isEqualTo("pg_rewind: error: what is wrong\npg_rewind: hint: what helps\n");
    }

    @Test
    void namesTheOptionsForANewTablespace() {
        assertThat(told(new Problem(Problem.Kind.NEW_TABLESPACE_LOCATION, "what is wrong", "what helps")))
                .isEqualTo("pg_rewind: error: what is wrong\npg_rewind: hint: Use --tablespace-mapping=OLDDIR=NEWDIR to"
                        + " place it elsewhere, or --tablespace-root=DIRECTORY to allow new tablespaces below that"
                        + " directory.\n");
    }

    @Test
    void namesTheOptionForAnArchive() {
        assertThat(told(new Problem(Problem.Kind.WAL_MISSING_FOR_REPLAY, "what is wrong", "what helps")))
                .isEqualTo("pg_rewind: error: what is wrong\npg_rewind: hint: Bring the segments back into the source's"
                        + " WAL directory, or name an archive that has them with --wal-archive=DIRECTORY.\n");
    }

    @Test
    void offersNoChoiceThatItDoesNotHave() {
        assertThat(told(new Problem(
                        Problem.Kind.NOT_ENOUGH_DISK, "too little", "free it, or copy in place, which needs less.")))
                .endsWith("hint: free it.\n");
    }

    @Test
    void saysInTheOriginalsWordsOnceWhatHasTwoReasons() {
        assertThat(told(
                        new Problem(Problem.Kind.SOURCE_NOT_STOPPED, "a server runs", "stop it"),
                        new Problem(Problem.Kind.SOURCE_NOT_STOPPED, "not shut down", "stop it")))
                .isEqualTo("""
                        pg_rewind: error: source data directory must be shut down cleanly
                        pg_rewind: detail: a server runs
                        pg_rewind: hint: stop it
                        pg_rewind: detail: not shut down
                        """);
    }

    @ParameterizedTest
    @CsvSource("000000010000000000000003, 000000010000000000000004")
    void namesEachMissingSegmentAsAFileThatIsNotThere(String first, String second) {
        assertThat(told(new Problem(
                        Problem.Kind.WAL_MISSING_FOR_SCAN,
                        "lost: " + first + ", " + second + ", " + first,
                        "bring them")))
                .startsWith("pg_rewind: error: could not open file \"/data/pg_wal/" + first
                        + "\": No such file or directory\npg_rewind: error: could not open file \"/data/pg_wal/"
                        + second
                        + "\": No such file or directory\npg_rewind: detail: lost: ");
    }
}
