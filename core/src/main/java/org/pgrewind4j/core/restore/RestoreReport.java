package org.pgrewind4j.core.restore;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verification;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.timeline.Lsn;

/** What a restore did. Programs can be tested with reports of their own, which {@link #of} makes. */
public final class RestoreReport {

    private final RestoreVerdict verdict;
    private final String label;
    private final RestorePlan.Kept kept;
    private final RewindReport done;

    private RestoreReport(RestoreVerdict verdict, String label, RestorePlan.Kept kept, RewindReport done) {
        this.verdict = requireNonNull(verdict, "verdict");
        this.label = requireNonNull(label, "label");
        this.kept = requireNonNull(kept, "kept");
        this.done = requireNonNull(done, "done");
    }

    /**
     * Tells of a restore what the engine, which restores and rewinds alike, did.
     *
     * @param verdict the plan's verdict
     * @param label the backup's name
     * @param kept what was found to be the same
     * @param done what the engine did
     * @return the report
     */
    public static RestoreReport of(RestoreVerdict verdict, String label, RestorePlan.Kept kept, RewindReport done) {
        return new RestoreReport(verdict, label, kept, done);
    }

    /**
     * By what kind of plan it was done.
     *
     * @return {@code RESTORE} or {@code RESUME}
     */
    public RestoreVerdict verdict() {
        return verdict;
    }

    /**
     * The backup.
     *
     * @return its name
     */
    public String label() {
        return label;
    }

    /**
     * Who took part.
     *
     * @return target, backup and cluster, as far as they are known
     */
    public Participants participants() {
        return done.participants();
    }

    /**
     * When the execution was begun.
     *
     * @return a time, by the clock of the machine; when something was interrupted, the time when that was begun
     */
    public Optional<Instant> started() {
        return done.started();
    }

    /**
     * When it was done.
     *
     * @return a time, by the clock of the machine
     */
    public Optional<Instant> finished() {
        return done.finished();
    }

    /**
     * Where replay will start.
     *
     * @return the redo point
     */
    public Optional<Lsn> redo() {
        return done.redo();
    }

    /**
     * Where replay must arrive before the data is consistent, as far as the backup tells.
     *
     * @return the end of the backup
     */
    public Optional<Lsn> replayEnd() {
        return done.replayEnd();
    }

    /**
     * What was written of the backup's files.
     *
     * @return bytes by kind
     */
    public CopiedBytes bytes() {
        return done.bytes();
    }

    /**
     * What was found to be the same.
     *
     * @return files and bytes; nothing is known of it when an interrupted restore was finished
     */
    public RestorePlan.Kept kept() {
        return kept;
    }

    /**
     * Files that the backup does not have.
     *
     * @return how many were removed
     */
    public long filesRemoved() {
        return done.filesRemoved();
    }

    /**
     * Paths that were created, replaced, changed or cut, or got other permissions or times.
     *
     * @return how many
     */
    public long pathsChanged() {
        return done.filesChanged();
    }

    /**
     * How long each phase took, those of planning included.
     *
     * @return times in the order of the phases
     */
    public Map<Phase, Duration> times() {
        return done.times();
    }

    /**
     * What was proven of the result.
     *
     * @return the verification; empty if {@link Verify} did not ask for it
     */
    public Optional<Verification> verification() {
        return done.verification();
    }

    /**
     * This report as a JSON object, for programs and for keeping. The resource
     * {@code META-INF/pgrewind4j/restore-report.schema.json} describes each member; within one {@code schemaVersion}
     * members are added only.
     *
     * @return JSON text
     */
    public String toJson() {
        return RestoreJson.of(this);
    }

    /** For logs: what was restored from which backup, and what it came to, in one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(participants())
                .append(", backup ")
                .append(label)
                .append(": ")
                .append(verdict);
        text.append(", ").append(bytes().total()).append(" bytes written, ");
        text.append(kept.bytes()).append(" kept, ").append(pathsChanged()).append(" paths changed, ");
        text.append(filesRemoved()).append(" removed");
        redo().ifPresent(from -> text.append(", replay from ").append(from));
        replayEnd().ifPresent(to -> text.append(" to ").append(to));
        started()
                .flatMap(begin -> finished().map(end -> Duration.between(begin, end)))
                .ifPresent(took -> text.append(", in ").append(took.toMillis()).append(" ms"));
        return text.toString();
    }
}
