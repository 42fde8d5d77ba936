package org.pgrewind4j.examples.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.RewindCancelledException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.transport.pgbackrest.BackrestException;

/** Scripts look at the exit status: it is pgBackRest's wherever that has one for what went wrong. */
class FailureTest {

    @ParameterizedTest
    @CsvSource({
        "REWIND_AT_WORK, 50",
        "OTHER_REWIND_INTERRUPTED, 50",
        "TARGET_RUNNING, 38",
        "TARGET_NOT_A_CLUSTER, 40",
        "TARGET_MISSING, 73",
        "DIFFERENT_SYSTEM, 51",
        "DIFFERENT_LAYOUT, 51",
        "UNSUPPORTED_RELEASE, 46",
        "RECOVERY_TARGET_UNREACHABLE, 58",
        "NOT_ENOUGH_DISK, 64",
        "UNWRITABLE_PATH, 64",
        "UNREADABLE, 41",
        "UNEXPECTED_LINK, 70",
        "CONTROL_FILE_DAMAGED, 26",
        "VERIFICATION_FAILED, 26",
        "STAGING_DAMAGED, 29",
        "SOURCE_CHANGED, 42",
        "SOURCE_UNUSABLE, 75",
        "HISTORY_DIFFERS, 122"
    })
    void problemsHaveTheStatusOfTheOriginal(Problem.Kind kind, int code) {
        Problem problem = new Problem(kind, "what", "cure");

        assertThat(Failure.status(problem).code()).isEqualTo(code);
        assertThat(Failure.status(new ProblemException(problem)).code()).isEqualTo(code);
        assertThat(Failure.status(new RewindRefusedException(List.of(problem))).code())
                .isEqualTo(code);
        assertThat(Failure.status(new RewindException(TargetState.RESUMABLE, "what", problem, null))
                        .code())
                .isEqualTo(code);
    }

    @Test
    void failuresHaveTheStatusOfTheFirstCauseThatSaysSomething() {
        assertThat(Failure.status(new UncheckedIOException(new NoSuchFileException("x"))))
                .isEqualTo(ExitStatus.FILE_MISSING);
        assertThat(Failure.status(new AccessDeniedException("x"))).isEqualTo(ExitStatus.FILE_OPEN);
        assertThat(Failure.status(new FileAlreadyExistsException("x"))).isEqualTo(ExitStatus.FILE_EXISTS);
        assertThat(Failure.status(new BackrestException("backup.info", "damaged")))
                .isEqualTo(ExitStatus.CHECKSUM);
        assertThat(Failure.status(new IOException(new GeneralSecurityException("padding"))))
                .isEqualTo(ExitStatus.CRYPTO);
        assertThat(Failure.status(new RewindCancelledException(
                        TargetState.UNTOUCHED, "cancelled", new IOException("interrupted"))))
                .isEqualTo(ExitStatus.TERM);
        assertThat(Failure.status(new IllegalArgumentException("value"))).isEqualTo(ExitStatus.OPTION_INVALID_VALUE);
        assertThat(Failure.status(new IOException("anything"))).isEqualTo(ExitStatus.RUNTIME);
    }
}
