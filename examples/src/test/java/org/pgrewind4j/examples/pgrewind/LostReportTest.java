package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.core.Verdict;

class LostReportTest {

    @TempDir
    private Path folder;

    private String toldWithoutReport(Verdict verdict) throws IOException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Path file = folder.resolve("lost.html");
        new LostReport(new Messages(stream)).write(Optional.empty(), verdict, file);
        assertThat(file).doesNotExist();
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"NOT_NEEDED", "CAN_FOLLOW", "ALREADY_REWOUND"})
    void saysThatNothingIsLostWhereTheTargetStaysAsItIs(Verdict verdict) throws IOException {
        assertThat(toldWithoutReport(verdict)).isEqualTo("pg_rewind: nothing is lost: no report was written\n");
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"NOT_NEEDED", "CAN_FOLLOW", "ALREADY_REWOUND"},
            mode = EnumSource.Mode.EXCLUDE)
    void saysThatItCannotBeToldWhereTheTargetIsWrittenTo(Verdict verdict) throws IOException {
        assertThat(toldWithoutReport(verdict))
                .isEqualTo("pg_rewind: warning: what is lost cannot be told: no report was written\n");
    }
}
