package org.pgrewind4j.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a rewind has come that was begun on a target, by this process or any other, and is not finished: it is under
 * way, or was interrupted. Read by {@link Rewind#status}.
 *
 * @param state what the target is good for, from the files that lie there
 * @param told what the rewinding process last said of itself; null if that cannot be read
 */
public record RewindStatus(State state, @Nullable Told told) {

    /** What a target is good for. */
    public enum State {
        /** It is being staged, or staging was interrupted: the target starts as before, the next rewind from scratch. */
        STAGING,
        /**
         * Blocks are being overwritten in place, or that was interrupted: no server starts, and the next rewind, from a
         * source, starts from scratch.
         */
        OVERWRITING,
        /** All is staged and sealed: the target starts as before, and resuming finishes the rewind without the source. */
        SEALED,
        /** It is being applied, or that was interrupted: no server starts, and resuming finishes it. */
        HALF_APPLIED,
        /** It is done; what was staged is still to be removed. The target is to be started as a standby. */
        APPLIED
    }

    /**
     * What a rewinding process says of itself, in {@code pgrewind4j.staging/status.json} in the target.
     *
     * @param phase {@code STAGE}, {@code SEAL}, {@code APPLY} or {@code VERIFY}
     * @param started when the rewind was begun
     * @param updated when this was written
     * @param participants who takes part; of the source a resuming process may know nothing
     * @param process the process's id
     * @param bytesDone bytes of this phase that are done
     * @param bytesExpected the phase's total; 0 where it is not known
     */
    public record Told(
            Phase phase,
            Instant started,
            Instant updated,
            Participants participants,
            long process,
            long bytesDone,
            long bytesExpected) {

        /**
         * Names the source.
         *
         * @return its name in messages; empty if a resuming process does not know it
         */
        public String source() {
            return participants.source().orElse("");
        }

        /**
         * How much of the phase is done.
         *
         * @return from 0 to 100
         */
        public int percent() {
            return bytesExpected == 0 ? 0 : (int) Math.min(100, 100 * bytesDone / bytesExpected);
        }
    }
}
