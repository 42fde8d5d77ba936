package org.pgrewind4j.core.internal.restore;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.restore.Evidence;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.Replaceable;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts.Tablespace;
import org.pgrewind4j.wal.WalSegmentSource;

/** What the caller of {@code DeltaRestore} asked for. */
public record RestoreSettings(
        Path target,
        Backup backup,
        BackupTablespaces tablespaces,
        RecoveryGoal goal,
        Replaceable replaceable,
        Evidence evidence,
        List<WalSegmentSource> archives,
        Durability durability,
        int threads,
        PhaseEvents listener,
        Cancellation cancellation,
        AfterSeal afterSeal,
        Verify verify) {

    /**
     * A hash of the recovery settings and of where the tablespaces are to lie: what of an interrupted restore was staged by
     * then, and cannot become anything else. The values may hold passwords.
     */
    String request() {
        StringBuilder text = new StringBuilder();
        text.append(goal.kind()).append('\n').append(goal.target()).append('\n').append(goal.isExclusive());
        goal.action().ifPresent(action -> text.append("\naction ").append(action));
        goal.timeline().ifPresent(timeline -> text.append("\ntimeline ").append(timeline));
        goal.options()
                .forEach((name, value) ->
                        text.append('\n').append(name).append('=').append(value));
        for (Tablespace tablespace : backup.facts().tablespaces()) {
            text.append('\n').append(tablespace.oid()).append(' ').append(tablespaces.location(tablespace));
        }
        return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
    }
}
