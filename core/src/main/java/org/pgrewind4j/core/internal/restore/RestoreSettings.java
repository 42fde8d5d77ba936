package org.pgrewind4j.core.internal.restore;

import java.nio.file.Path;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.Replaceable;
import org.pgrewind4j.transport.backup.Backup;

/** What the caller of {@code DeltaRestore} asked for. */
public record RestoreSettings(
        Path target,
        Backup backup,
        BackupTablespaces tablespaces,
        RecoveryGoal goal,
        Replaceable replaceable,
        Durability durability,
        int threads,
        PhaseEvents listener,
        Cancellation cancellation,
        AfterSeal afterSeal,
        Verify verify) {}
