package org.pgrewind4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;

/**
 * A workflow of one's own, on the scan of WAL alone: how many blocks of each relation were changed since a position, such as
 * an incremental backup wants to know. Its arguments are the data directory of a stopped server and the position.
 */
final class ChangedTables {

    private ChangedTables() {}

    /** Prints a line for each relation: tablespace, database and relation, and how many blocks of it were changed. */
    public static void main(String[] args) throws IOException {
        Path dataDirectory = Path.of(args[0]);
        ControlFile controlFile = ControlFile.parse(Files.readAllBytes(DataPath.CONTROL_FILE.in(dataDirectory)));
        Path wal = dataDirectory.resolve(controlFile.version().walDirectory());
        TimelineId timeline = controlFile.checkPointCopy().timeline();
        Path history = wal.resolve(timeline.historyFileName());
        changedSince(
                        Lsn.parse(args[1]),
                        new DirectoryWalSource(wal),
                        controlFile.version(),
                        controlFile.walSegmentSize(),
                        Files.exists(history)
                                ? TimelineHistory.parse(timeline, Files.readString(history))
                                : TimelineHistory.ofSingle(timeline))
                .forEach((relation, blocks) -> System.out.println(relation + " " + blocks));
    }

    /** How many blocks of each relation a record names that begins at a position or behind it. */
    static Map<RelFileLocator, Long> changedSince(
            Lsn position, WalSegmentSource wal, PostgresVersion version, int segmentSize, TimelineHistory history)
            throws IOException {
        BlockSet changed = ChangedBlockCollector.of(wal, version, segmentSize, history)
                .redo(position)
                .collect()
                .after();
        Map<RelFileLocator, Long> counts = new LinkedHashMap<>();
        changed.relations().forEach(relation -> counts.put(relation, changed.size(relation)));
        return counts;
    }
}
