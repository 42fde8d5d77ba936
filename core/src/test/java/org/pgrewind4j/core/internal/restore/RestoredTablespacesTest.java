package org.pgrewind4j.core.internal.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.core.restore.Evidence;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.Replaceable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.backup.BackupFacts.BackupType;
import org.pgrewind4j.transport.backup.BackupFacts.Tablespace;
import org.pgrewind4j.wal.PostgresVersion;

class RestoredTablespacesTest {

    private static final PostgresVersion VERSION = PostgresVersion.V15;

    /** Of two that contradict each other nobody knows which was meant. */
    @Test
    void refusesATablespaceThatIsMappedToTwoDirectories() throws IOException {
        assertThat(problems(Map.of("fast", Path.of("/no/a"), "16385", Path.of("/no/b"))))
                .containsExactly(new Problem(
                        Problem.Kind.TABLESPACE_MAPPED_TWICE,
                        "tablespace \"fast\" is mapped to different directories: by its name to \"/no/a\", by its OID 16385 to"
                                + " \"/no/b\"",
                        "map it once."));
        assertThat(problems(Map.of("fast", Path.of("/no/a"), "16385", Path.of("/no/a"))))
                .isEmpty();
    }

    private static List<Problem> problems(Map<String, Path> mapped) throws IOException {
        BackupFacts facts = new BackupFacts(
                "label",
                BackupType.FULL,
                List.of(),
                VERSION,
                1,
                Lsn.INVALID,
                Lsn.INVALID,
                new TimelineId(1),
                new TimelineId(1),
                Instant.EPOCH,
                Instant.EPOCH,
                true,
                new BackupEntry.Attributes(0700, Optional.empty(), Optional.empty()),
                List.of(new Tablespace(16_385, "fast", "/no/old")),
                List.of());
        Backup backup = (Backup) Proxy.newProxyInstance(
                Backup.class.getClassLoader(), new Class<?>[] {Backup.class}, (proxy, method, arguments) -> facts);
        RestoreSettings settings = new RestoreSettings(
                Path.of("/no/data"),
                backup,
                new BackupTablespaces(mapped, Optional.empty(), TablespacePolicy.none()),
                RecoveryGoal.end(),
                Replaceable.SAME_CLUSTER,
                Evidence.CONTENT,
                List.of(),
                Durability.NO_SYNC,
                1,
                PhaseEvents.of(RewindListener.none()),
                Cancellation.create(),
                AfterSeal.FINISH,
                Verify.NOTHING);
        return new RestoredTablespaces(settings, VERSION).problems(new TargetTree(Map.of(), List.of()));
    }
}
