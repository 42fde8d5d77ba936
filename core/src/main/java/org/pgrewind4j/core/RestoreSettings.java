package org.pgrewind4j.core;

import java.nio.file.Path;
import org.pgrewind4j.transport.backup.Backup;

/** What the caller of {@link DeltaRestore} asked for. */
record RestoreSettings(
        Path target,
        Backup backup,
        BackupTablespaces tablespaces,
        RecoveryGoal goal,
        DeltaRestore.Replaceable replaceable,
        Durability durability,
        int threads,
        PhaseEvents listener,
        Cancellation cancellation,
        AfterSeal afterSeal,
        Verify verify) {}
