package org.pgrewind4j.transport.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

/** The clauses on histories, kept WAL, a source that changes, and what a caller does wrong. */
interface StateContract extends SourceUnderTest {

    @Test
    default void readsTheHistoryOfATimelineThatItKnows() throws IOException {
        try (Transport transport = open()) {
            PostgresVersion version = transport.controlFile().version();
            TimelineId timeline = new TimelineId(0xABC);
            Path file = place(DataPath.of(version.walDirectory()).resolve(timeline.historyFileName()));
            assertThat(transport.history(version, timeline)).isEmpty();
            try {
                SourceUnderTest.readable(Files.writeString(file, "1\t0/1000000\tno recovery target specified\n"));
                assertThat(transport.history(version, timeline))
                        .hasValueSatisfying(
                                history -> assertThat(history.spans()).hasSize(2));
                SourceUnderTest.readable(Files.writeString(file, "nonsense\n"));
                assertThatThrownBy(() -> transport.history(version, timeline)).isInstanceOf(PgRewindException.class);
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }

    @Test
    default void giveBackTheWalThatIsKept() throws IOException {
        try (Transport transport = open()) {
            RetainedWal kept = transport.retainWal();
            assertThat(kept.from()).isNotNull();
            kept.close();
            kept.close();
            assertThat(transport.mode()).isEqualTo(mode());
        }
    }

    /** A running server's control file is not a test's to change. */
    @Test
    default void findsOutThatAStoppedSourceHasChanged() throws IOException {
        if (mode() != SourceMode.STOPPED) {
            return;
        }
        Path controlFile = place(DataPath.CONTROL_FILE);
        byte[] before = Files.readAllBytes(controlFile);
        try (Transport transport = open()) {
            assertThat(transport.replayEnd().controlFile().toBytes()).isEqualTo(before);
            Files.write(
                    controlFile,
                    ControlFile.parse(before)
                            .patch()
                            .time(Instant.ofEpochSecond(1))
                            .build()
                            .toBytes());
            assertThatThrownBy(transport::replayEnd).isInstanceOf(SourceChangedException.class);
        } finally {
            Files.write(controlFile, before);
        }
    }

    @Test
    default void refusesWhatIsMissing(@TempDir Path local) throws IOException {
        List<FileRange> ranges = List.of(new FileRange(DataPath.of("PG_VERSION"), 0, 1));
        try (Transport transport = open()) {
            assertThatThrownBy(() -> transport.read(null, 10)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> transport.list(null, file -> {})).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> transport.list(Set.of(), null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> transport.fetch(null, new Recorder(List.of())))
                    .isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> transport.fetch(ranges, null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> transport.different(null, local)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> transport.different(ranges, null)).isInstanceOf(NullPointerException.class);
            assertThat(transport.read(DataPath.of("PG_VERSION"), 10)).isNotEmpty();
        }
    }
}
