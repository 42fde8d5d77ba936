package org.pgrewind4j.core.restore;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.RewindCancelledException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.transport.backup.BackupFacts;

/**
 * What a restore would do, and why it may or may not. Made by {@link DeltaRestore#plan}. Plain data: it may be printed
 * or thrown away, and holds neither file nor thread.
 *
 * <p>An interface, so that programs can be tested with plans of their own: what such a plan does not say is nothing.
 */
public interface RestorePlan {

    /**
     * What the plan found.
     *
     * @return the verdict
     */
    RestoreVerdict verdict();

    /**
     * The backup.
     *
     * @return what it says of itself
     */
    BackupFacts backup();

    /**
     * Who takes part.
     *
     * @return target, backup and cluster, as far as they are known
     */
    default Participants participants() {
        return new Participants(
                Optional.empty(),
                Optional.of(backup().label()),
                Optional.of(Long.toUnsignedString(backup().systemIdentifier())),
                Optional.of(backup().version()));
    }

    /**
     * When it was planned.
     *
     * @return when planning was begun, by the clock of the machine
     */
    default Optional<Instant> planned() {
        return Optional.empty();
    }

    /**
     * How long planning took.
     *
     * @return a time for each of its phases
     */
    default Map<Phase, Duration> times() {
        return Map.of();
    }

    /**
     * Everything that forbids the restore.
     *
     * @return at least one problem if the verdict is {@code REFUSED}, else none
     */
    default List<Problem> problems() {
        return List.of();
    }

    /**
     * What will be done to each path. The control file, which each restore writes last, is not among it.
     *
     * @return the actions; none unless the verdict is {@code RESTORE}
     */
    default List<FileAction> actions() {
        return List.of();
    }

    /**
     * What will be read of the backup. Files that both sides have count whole, though only what differs is written.
     *
     * @return bytes by kind
     */
    default CopiedBytes bytes() {
        return new CopiedBytes(0, 0, 0, 0, 0);
    }

    /**
     * How much was found to be the same.
     *
     * @return files whose content stays as it is, and their bytes
     */
    default Kept kept() {
        return new Kept(0, 0);
    }

    /**
     * What this plan relied on to find that.
     *
     * @return the evidence, and where it was not what was asked for, why
     */
    default EvidenceUsed evidence() {
        return EvidenceUsed.none();
    }

    /**
     * What stays.
     *
     * @param files how many files
     * @param bytes how many bytes they have
     */
    record Kept(long files, long bytes) {}

    /**
     * This plan as a JSON object, for programs and for keeping. The resource
     * {@code META-INF/pgrewind4j/restore-plan.schema.json} describes each member; within one {@code schemaVersion} members are added only.
     *
     * @return JSON text
     */
    default String toJson() {
        return RestoreJson.of(this);
    }

    /**
     * Does what the plan says: stages, seals, applies.
     *
     * @return what was done
     * @throws RewindCancelledException if it was cancelled
     * @throws RewindRefusedException if the verdict is {@code REFUSED}
     * @throws VerificationException if {@link Verify} was asked for, and the result does not match what was staged
     * @throws RewindException if it fails; it says in what state the target is
     */
    RestoreReport execute();
}
