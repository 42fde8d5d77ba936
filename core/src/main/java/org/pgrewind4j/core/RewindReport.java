package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.json.PlanJson;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;

/** What an execution did. Programs can be tested with reports of their own, which {@link #of} begins. */
public final class RewindReport {

    private static final CopiedBytes NOTHING = new CopiedBytes(0, 0, 0, 0, 0);

    private final Builder told;

    private RewindReport(Builder told) {
        this.told = told;
    }

    /**
     * Begins a report.
     *
     * @param verdict the plan's verdict
     * @return a report in which nothing was done by nobody
     */
    public static Builder of(Verdict verdict) {
        return new Builder(verdict);
    }

    /**
     * Begins a report with all that this one says.
     *
     * @return a builder of its own
     */
    public Builder toBuilder() {
        return new Builder(told);
    }

    /**
     * By what kind of plan it was done.
     *
     * @return the plan's verdict: {@code REWIND}, {@code COMPARE} or {@code RESUME} if something was done
     */
    public Verdict verdict() {
        return told.verdict;
    }

    /**
     * Who took part.
     *
     * @return target, source and cluster, as far as they are known
     */
    public Participants participants() {
        return told.participants;
    }

    /**
     * When the execution was begun.
     *
     * @return a time, by the clock of the machine; when something was interrupted, the time when that was begun; empty if
     *     nothing had to be done
     */
    public Optional<Instant> started() {
        return Optional.ofNullable(told.started);
    }

    /**
     * When it was done.
     *
     * @return a time, by the clock of the machine; empty if nothing had to be done
     */
    public Optional<Instant> finished() {
        return Optional.ofNullable(told.finished);
    }

    /**
     * Where the histories part.
     *
     * @return the divergence; empty if nothing had to be done, or contents alone decided
     */
    public Optional<Divergence> divergence() {
        return Optional.ofNullable(told.divergence);
    }

    /**
     * The WAL that only the target had.
     *
     * @return what was dropped of it; empty if nothing was, and where it is not known: when contents decided, and when
     *     an interrupted execution was finished
     */
    public Optional<LostWal> lostWal() {
        return Optional.ofNullable(told.lostWal);
    }

    /**
     * Where replay will start.
     *
     * @return the redo point; empty if nothing had to be done
     */
    public Optional<Lsn> redo() {
        return Optional.ofNullable(told.redo);
    }

    /**
     * Where replay must arrive before the standby is consistent.
     *
     * @return the end of replay; empty if nothing had to be done
     */
    public Optional<Lsn> replayEnd() {
        return Optional.ofNullable(told.replayEnd);
    }

    /**
     * What was taken from the source.
     *
     * @return bytes by kind
     */
    public CopiedBytes bytes() {
        return told.bytes;
    }

    /**
     * Files that the source does not have.
     *
     * @return how many were removed
     */
    public long filesRemoved() {
        return told.filesRemoved;
    }

    /**
     * Files that were created, replaced, changed or cut.
     *
     * @return how many
     */
    public long filesChanged() {
        return told.filesChanged;
    }

    /**
     * How long each phase took, those of planning included.
     *
     * @return times in the order of the phases; of an interrupted execution only what was left to do
     */
    public Map<Phase, Duration> times() {
        return told.times;
    }

    /**
     * What was proven of the result.
     *
     * @return the verification; empty if {@link Verify} did not ask for it
     */
    public Optional<Verification> verification() {
        return Optional.ofNullable(told.verification);
    }

    /**
     * What somebody must see to before the server is started.
     *
     * @return warnings; what finished an interrupted execution knows of none
     */
    public List<Warning> warnings() {
        return told.warnings;
    }

    /**
     * This report as a JSON object, for programs and for keeping. The resource
     * {@code META-INF/pgrewind4j/report.schema.json} describes each member; within one {@code schemaVersion} members are
     * added only.
     *
     * @return JSON text
     */
    public String toJson() {
        return PlanJson.of(this);
    }

    /** For logs: who was changed after whom, and what it came to, in one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(told.participants).append(": ").append(told.verdict);
        if (told.redo == null || told.replayEnd == null) {
            return text.append(", nothing was done").toString();
        }
        text.append(", ").append(told.bytes.total()).append(" bytes copied, ");
        text.append(told.filesChanged).append(" files changed, ");
        text.append(told.filesRemoved).append(" removed");
        lostWal()
                .ifPresent(lost -> text.append(", WAL from ")
                        .append(lost.from())
                        .append(" to ")
                        .append(lost.to())
                        .append(" lost"));
        text.append(", replay from ").append(told.redo).append(" to ").append(told.replayEnd);
        if (told.started != null && told.finished != null) {
            text.append(", in ")
                    .append(Duration.between(told.started, told.finished).toMillis())
                    .append(" ms");
        }
        return text.toString();
    }

    /** Takes what a report is to say. */
    public static final class Builder {

        private Verdict verdict;
        private Participants participants = Participants.UNKNOWN;
        private @Nullable Instant started;
        private @Nullable Instant finished;
        private @Nullable Divergence divergence;
        private @Nullable LostWal lostWal;
        private @Nullable Lsn redo;
        private @Nullable Lsn replayEnd;
        private CopiedBytes bytes = NOTHING;
        private long filesRemoved;
        private long filesChanged;
        private Map<Phase, Duration> times = Map.of();
        private @Nullable Verification verification;
        private List<Warning> warnings = List.of();

        private Builder(Verdict verdict) {
            this.verdict = requireNonNull(verdict, "verdict");
        }

        private Builder(Builder other) {
            verdict = other.verdict;
            participants = other.participants;
            started = other.started;
            finished = other.finished;
            divergence = other.divergence;
            lostWal = other.lostWal;
            redo = other.redo;
            replayEnd = other.replayEnd;
            bytes = other.bytes;
            filesRemoved = other.filesRemoved;
            filesChanged = other.filesChanged;
            times = other.times;
            verification = other.verification;
            warnings = other.warnings;
        }

        /**
         * Sets by what kind of plan it was done.
         *
         * @param found the plan's verdict
         * @return this
         */
        public Builder verdict(Verdict found) {
            verdict = requireNonNull(found, "found");
            return this;
        }

        /**
         * Sets who took part.
         *
         * @param known target, source and cluster
         * @return this
         */
        public Builder participants(Participants known) {
            participants = requireNonNull(known, "known");
            return this;
        }

        /**
         * Sets when it was done.
         *
         * @param begin when it was begun
         * @param end when it was done
         * @return this
         */
        public Builder between(Instant begin, Instant end) {
            started = requireNonNull(begin, "begin");
            finished = requireNonNull(end, "end");
            return this;
        }

        /**
         * Sets where the histories part.
         *
         * @param found the divergence, if there is one
         * @return this
         */
        public Builder divergence(Optional<Divergence> found) {
            divergence = found.orElse(null);
            return this;
        }

        /**
         * Sets what was dropped of the target's WAL.
         *
         * @param lost the WAL, if it is known
         * @return this
         */
        public Builder lostWal(Optional<LostWal> lost) {
            lostWal = lost.orElse(null);
            return this;
        }

        /**
         * Sets what a server that is started on the result replays.
         *
         * @param from the redo point
         * @param to where replay must arrive before the standby is consistent
         * @return this
         */
        public Builder replay(Lsn from, Lsn to) {
            redo = requireNonNull(from, "from");
            replayEnd = requireNonNull(to, "to");
            return this;
        }

        /**
         * Sets what was taken from the source.
         *
         * @param copied bytes by kind
         * @return this
         */
        public Builder bytes(CopiedBytes copied) {
            bytes = requireNonNull(copied, "copied");
            return this;
        }

        /**
         * Sets how many files were changed.
         *
         * @param changed files that were created, replaced, changed or cut
         * @param removed files that the source does not have
         * @return this
         */
        public Builder files(long changed, long removed) {
            filesChanged = changed;
            filesRemoved = removed;
            return this;
        }

        /**
         * Adds how long phases took.
         *
         * @param more times by phase
         * @return this
         */
        public Builder times(Map<Phase, Duration> more) {
            Map<Phase, Duration> all = new EnumMap<>(Phase.class);
            all.putAll(times);
            all.putAll(more);
            times = Collections.unmodifiableMap(all);
            return this;
        }

        /**
         * Sets what was proven of the result.
         *
         * @param proven the verification, if there was one
         * @return this
         */
        public Builder verification(Optional<Verification> proven) {
            verification = proven.orElse(null);
            return this;
        }

        /**
         * Puts warnings before those that are there.
         *
         * @param known warnings; each is told once
         * @return this
         */
        public Builder warnings(List<Warning> known) {
            Set<Warning> all = new LinkedHashSet<>(known);
            all.addAll(warnings);
            warnings = Collections.unmodifiableList(new ArrayList<>(all));
            return this;
        }

        /**
         * Makes the report.
         *
         * @return the report, which this no longer changes
         */
        public RewindReport build() {
            return new RewindReport(new Builder(this));
        }
    }
}
