package org.pgrewind4j.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.pgrewind4j.timeline.MalformedHistoryException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;

/** A timeline's history file in a data directory. */
final class HistoryFile {

    private static final int LONGEST = 16 * 1024 * 1024;

    private HistoryFile() {}

    static Optional<TimelineHistory> read(Transport transport, PostgresVersion version, TimelineId timeline)
            throws IOException {
        DataPath path = DataPath.of(version.walDirectory() + "/" + timeline.historyFileName());
        try {
            String content = new String(transport.read(path, LONGEST), StandardCharsets.UTF_8);
            return Optional.of(TimelineHistory.parse(timeline, content));
        } catch (MalformedHistoryException e) {
            throw e.of(transport.description());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
