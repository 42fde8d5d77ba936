package org.pgrewind4j.core;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** What the caller of {@link Rewind} asked for. */
record Settings(
        Path target,
        Transport source,
        BlockSelection blockSelection,
        CopyMode copyMode,
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
        Verify verify) {}
