package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.RewindStatus.State;
import org.pgrewind4j.core.RewindStatus.Told;
import org.pgrewind4j.core.internal.area.StatusText;
import org.pgrewind4j.wal.PostgresVersion;

/** What other programs can see of a rewind. */
@Tag("server")
class StatusTest {

    private static final Instant STARTED = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    static Path made;

    private static ThinPair pair;

    @TempDir
    Path folder;

    @BeforeAll
    static void diverge() throws IOException {
        pair = ThinPair.in(made);
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @Test
    void tellsOfEachPhase() throws IOException {
        List<String> seen = new ArrayList<>();
        pair.restore();
        RewindListener looks = new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                Rewind.status(pair.target()).ifPresent(status -> seen.add(describe(status)));
                validate(pair.target().resolve("pgrewind4j.staging/status.json"));
            }
        };
        assertThat(Rewind.status(pair.target())).isEmpty();
        RewindPlan plan = pair.rewind().listener(looks).plan();
        plan.execute();
        assertThat(seen)
                .containsExactly(
                        "STAGING STAGE of " + pair.source().description(),
                        "STAGING SEAL of " + pair.source().description(),
                        "SEALED APPLY of " + pair.source().description());
        assertThat(Rewind.status(pair.target())).isEmpty();
    }

    private static void validate(Path status) {
        if (Files.exists(status)) {
            try {
                JsonSchemas.assertValidStatus(Files.readString(status));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String describe(RewindStatus status) {
        Told told = status.told();
        assertThat(told).isNotNull();
        assertThat(told.process()).isEqualTo(ProcessHandle.current().pid());
        return status.state() + " " + told.phase() + " of " + told.source();
    }

    @Test
    void tellsWhatAnInterruptedRewindLeft() throws IOException {
        pair.restore();
        Cancellation cancellation = Cancellation.create();
        RewindListener cancels = new RewindListener() {
            @Override
            public void progressed(Progress progress) {
                if (progress.phase() == Phase.APPLY) {
                    cancellation.cancel();
                }
            }
        };
        RewindPlan plan = pair.rewind()
                .listener(cancels)
                .cancelledBy(cancellation)
                .afterSeal(AfterSeal.STOP)
                .plan();
        assertThat(catchThrowable(plan::execute)).isInstanceOf(RewindCancelledException.class);

        RewindStatus status = Rewind.status(pair.target()).orElseThrow();

        assertThat(status.state()).isEqualTo(State.HALF_APPLIED);
        assertThat(status.told()).isNotNull();
        assertThat(status.told().phase()).isEqualTo(Phase.APPLY);
        assertThat(status.told().bytesDone()).isPositive();
    }

    @Test
    void isAFileThatOtherProgramsUnderstand() {
        Told told = new Told(Phase.APPLY, STARTED, STARTED.plusSeconds(5), of("server \"a\\b\""), 4711, 30, 120);

        assertThat(new String(StatusText.format(told), StandardCharsets.UTF_8))
                .isEqualTo("""
                        {
                          "version": 1,
                          "libraryVersion": "%s",
                          "target": "/data",
                          "source": "server \\"a\\\\b\\"",
                          "systemIdentifier": "7000000000000000000",
                          "release": "9.6",
                          "phase": "APPLY",
                          "sealed": true,
                          "started": "2026-01-31T12:00:00Z",
                          "updated": "2026-01-31T12:00:05Z",
                          "process": 4711,
                          "bytesDone": 30,
                          "bytesExpected": 120,
                          "percent": 25
                        }
                        """.formatted(LibraryVersion.current()));
    }

    private static Participants of(String source) {
        return new Participants(
                Optional.of(Path.of("/data")),
                Optional.of(source),
                Optional.of("7000000000000000000"),
                Optional.of(PostgresVersion.V9_6));
    }

    @Test
    void whatIsNotKnownIsReadAsThat() {
        Told told = new Told(Phase.SEAL, STARTED, STARTED, Participants.UNKNOWN, 1, 0, 0);

        JsonSchemas.assertValidStatus(new String(StatusText.format(told), StandardCharsets.UTF_8));
        assertThat(StatusText.parse(StatusText.format(told))).contains(told);
        assertThat(told.source()).isEmpty();
    }

    @Property
    void whatIsWrittenIsRead(@ForAll Phase phase, @ForAll String source, @ForAll long done, @ForAll long expected) {
        Told told = new Told(phase, STARTED, STARTED, of(source), 1, done, expected);

        assertThat(StatusText.parse(StatusText.format(told))).contains(told);
    }

    @Test
    void sourceOfAnyLengthIsRead() {
        Told told = new Told(Phase.STAGE, STARTED, STARTED, of("\"x".repeat(50_000)), 1, 0, 0);

        assertThat(StatusText.parse(StatusText.format(told))).contains(told);
    }

    @Test
    void whatACrashLeftOfTheFileIsNoError() throws IOException {
        Path staging = Files.createDirectories(folder.resolve("pgrewind4j.staging"));
        assertThat(Rewind.status(folder)).contains(new RewindStatus(State.STAGING, null));

        Files.createFile(staging.resolve("status.json"));
        assertThat(Rewind.status(folder)).contains(new RewindStatus(State.STAGING, null));
    }
}
