package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.internal.events.RecordedSegment;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Where the scan of the target finds its WAL: the target's own directory, then the archives that the caller named, then
 * the source.
 *
 * <p>Of the source a segment counts only if it ends before the divergence or there. The one that holds the divergence could
 * stand in for the target's up to there, and no further: what the target wrote behind it in that segment is needed as well, and
 * who has that, the target or an archive, has the segment as a whole.
 */
public final class TargetWalChain {

    private TargetWalChain() {}

    public static WalSegmentSource of(Settings settings, ControlFile controlFile, Lsn divergence) throws IOException {
        List<WalSegmentSource> chain = new ArrayList<>();
        chain.add(ofTarget(settings, controlFile));
        chain.addAll(settings.archives());
        WalSegmentSource source = settings.source().wal();
        // What the source has of the target's timeline past the divergence is not what the target wrote.
        chain.add(name -> name.end().isAfter(divergence) ? Optional.empty() : source.open(name));
        return RecordedSegment.of(WalSegmentSource.firstOf(chain));
    }

    private static WalSegmentSource ofTarget(Settings settings, ControlFile controlFile) throws IOException {
        DataPath directory = DataPath.of(controlFile.version().walDirectory());
        return new DirectoryWalSource(DataDirectory.of(settings.target()).resolve(directory));
    }
}
