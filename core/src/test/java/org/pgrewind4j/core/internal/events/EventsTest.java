package org.pgrewind4j.core.internal.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.ThinPair;
import org.pgrewind4j.core.Verify;

/** What Java Flight Recorder has of a rewind. */
@Tag("server")
class EventsTest {

    private static final List<String> NAMES = List.of(
            "org.pgrewind4j.Phase",
            "org.pgrewind4j.WalSegment",
            "org.pgrewind4j.Fetch",
            "org.pgrewind4j.Apply",
            "org.pgrewind4j.Sync");

    @TempDir
    Path folder;

    @Test
    void tellOfPhasesAndLargeOperations() throws IOException {
        Path file = folder.resolve("rewind.jfr");
        RewindPlan plan;
        try (ThinPair pair = ThinPair.in(folder);
                Recording recording = new Recording()) {
            pair.restore();
            NAMES.forEach(name -> recording.enable(name).withoutThreshold());
            recording.start();
            plan = pair.rewind()
                    .durability(Durability.SYNC)
                    .verify(Verify.RESULT)
                    .plan();
            plan.execute();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("org.pgrewind4j."))
                .toList();

        assertThat(events).extracting(event -> event.getEventType().getName()).containsAll(NAMES);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.getEventType().getCategoryNames()).containsExactly("pgrewind4j");
            assertThat(event.getEventType().getDescription()).isNotBlank();
        });
        assertThat(of(events, "Phase"))
                .extracting(event -> event.getString("phase"))
                .containsExactly("COLLECT", "SCAN", "DECIDE", "STAGE", "SEAL", "APPLY", "VERIFY");
        assertThat(of(events, "Phase").get(3).getLong("bytes"))
                .isEqualTo(plan.bytes().total());
        assertThat(of(events, "Fetch").stream()
                        .mapToLong(event -> event.getLong("bytes"))
                        .sum())
                .isEqualTo(plan.bytes().total());
        assertThat(of(events, "Apply"))
                .extracting(event -> event.getString("path"))
                .containsAll(plan.actions().stream()
                        .map(action -> action.path().toString())
                        .toList());
        assertThat(of(events, "WalSegment"))
                .extracting(event -> event.getString("segment"))
                .containsAll(plan.wal().stream()
                        .map(needed -> needed.segment().fileName())
                        .toList());
        assertThat(of(events, "WalSegment"))
                .allSatisfy(event -> assertThat(event.getLong("bytes")).isPositive());
        assertThat(of(events, "Sync"))
                .extracting(event -> event.getString("path"))
                .anyMatch(path -> path.endsWith("pgrewind4j.staging/blocks"))
                .anyMatch(path -> path.endsWith("/global"));
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("org.pgrewind4j." + name))
                .sorted((one, other) -> one.getStartTime().compareTo(other.getStartTime()))
                .toList();
    }
}
