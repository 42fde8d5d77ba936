package org.pgrewind4j.core.internal.restore.evidence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A target and the backup that it is to become.
 *
 * @param target the data directory
 * @param present what lies in it
 * @param backup the backup
 * @param stored the backup's control file
 * @param expected what the backup holds
 * @param archives where WAL of either side is looked for, beside the target's own directory and what the backup gives
 * @param threads how many read WAL
 * @param listener receives progress
 */
public record Sides(
        Path target,
        Map<DataPath, SourceFile> present,
        Backup backup,
        ControlFile stored,
        Collection<SourceFile> expected,
        List<WalSegmentSource> archives,
        int threads,
        PhaseEvents listener) {

    public Sides {
        archives = List.copyOf(archives);
    }

    /** Everything that may have WAL of the backup's history, and of the target's. */
    List<WalSegmentSource> allArchives() {
        List<WalSegmentSource> all = new ArrayList<>();
        all.add(backup.wal());
        all.addAll(archives);
        return all;
    }
}
