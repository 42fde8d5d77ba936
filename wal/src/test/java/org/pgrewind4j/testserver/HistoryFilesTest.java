package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.TimelineSpan;

/** The timeline module against the history files that servers write. */
@Tag("server")
class HistoryFilesTest {

    static List<ServerRelease> releases() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.of("15"), ServerRelease.of("18"));
    }

    @ParameterizedTest
    @MethodSource("releases")
    void readsAndWritesFilesAsServersDo(ServerRelease release) throws IOException {
        try (PostgresServer server = PostgresServer.builder(release).build()) {
            server.initialize();
            server.start();
            server.execute("CREATE TABLE t (id int)");
            List<Lsn> ends = new ArrayList<>();
            for (int promotion = 0; promotion < 3; promotion++) {
                server.stop(StopMode.FAST);
                // Nobody listens there: it replays what it has, and waits.
                server.standbyOf(server);
                server.start();
                ends.add(server.replayedLsn());
                server.promote();
                server.execute("INSERT INTO t VALUES (" + promotion + ")");
            }

            TimelineHistory history = history(server, 4);
            assertThat(history.format()).isEqualTo(content(server, 4));
            assertThat(history.spans()).extracting(TimelineSpan::timeline).containsExactly(ids(1, 2, 3, 4));
            assertThat(history.spans().subList(0, 3))
                    .extracting(TimelineSpan::end)
                    .containsExactlyElementsOf(ends);
            assertThat(history.reasons()).containsOnly("no recovery target specified");
            assertThat(history(server, 3).format()).isEqualTo(content(server, 3));
            assertThat(DivergenceFinder.find(history(server, 2), history))
                    .contains(new Divergence(Divergence.Kind.TARGET_IS_ANCESTOR, new TimelineId(2), ends.get(1)));
        }
    }

    private static TimelineId[] ids(long... numbers) {
        TimelineId[] ids = new TimelineId[numbers.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = new TimelineId(numbers[i]);
        }
        return ids;
    }

    private static TimelineHistory history(PostgresServer server, long timeline) throws IOException {
        return TimelineHistory.parse(new TimelineId(timeline), content(server, timeline));
    }

    private static String content(PostgresServer server, long timeline) throws IOException {
        Path wal = server.dataDirectory().resolve(server.release().walDirectory());
        return Files.readString(wal.resolve(new TimelineId(timeline).historyFileName()));
    }
}
