package org.pgrewind4j.core.internal.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.DirectoryWalSource;
import org.pgrewind4j.wal.WalSegmentSource;

/** The WAL that replay will find after the rewind: what is staged, and what the target keeps. */
public final class ReplayWal {

    private static final Pattern SEGMENT = Pattern.compile("(pg_wal|pg_xlog)/[0-9A-F]{24}");

    private ReplayWal() {}

    /** Segments are staged under their own names, so that WAL can be read where it is staged. */
    public static boolean isSegment(DataPath path) {
        return SEGMENT.matcher(path.toString()).matches();
    }

    static WalSegmentSource of(Order order, StagingArea area) {
        List<WalSegmentSource> chain = new ArrayList<>();
        area.places().values().forEach(place -> chain.add(new DirectoryWalSource(place)));
        DataPath own = DataPath.of(order.base().version().walDirectory());
        WalSegmentSource ofTarget = new DirectoryWalSource(own.in(order.target()));
        Divergence divergence = order.replay().divergence();
        // Another branch can have used the same name behind the divergence. Where no divergence counts, as after a
        // comparison,
        // nothing of the target's WAL is kept, whatever its name.
        chain.add(name -> divergence == null || name.end().isAfter(divergence.position())
                ? Optional.empty()
                : ofTarget.open(name));
        return WalSegmentSource.firstOf(chain);
    }
}
