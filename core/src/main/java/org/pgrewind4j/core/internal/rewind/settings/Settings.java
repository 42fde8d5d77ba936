package org.pgrewind4j.core.internal.rewind.settings;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Compare;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** What the caller of {@link Rewind} asked for. */
public record Settings(
        Path target,
        Transport source,
        BlockSelection blockSelection,
        CopyMode copyMode,
        Compare compare,
        ImmutableList<WalSegmentSource> archives,
        Predicate<WalSegmentName> restorable,
        Predicate<DataPath> kept,
        TablespaceMapping tablespaces,
        Optional<StandbySettings> standby,
        Durability durability,
        int threads,
        PhaseEvents listener,
        Cancellation cancellation,
        AfterSeal afterSeal,
        Verify verify,
        Optional<Path> salvage) {

    /** Whether the standby that the target becomes is told which timeline to follow. */
    public boolean followsNumber() {
        return standby.map(values -> values.values().get(StandbySettings.RECOVERY_TARGET_TIMELINE))
                .filter(timeline -> !timeline.equals("latest"))
                .isPresent();
    }
}
