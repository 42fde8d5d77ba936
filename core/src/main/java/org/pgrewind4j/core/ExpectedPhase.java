package org.pgrewind4j.core;

import java.util.ArrayList;
import java.util.List;

/**
 * A phase that executing a plan will go through.
 *
 * @param phase which one
 * @param bytes about how many bytes will be fetched, written or read in it; 0 where that is not known before
 */
public record ExpectedPhase(Phase phase, long bytes) {

    /** The phases of an execution that copies so many bytes, and whose replay reads so much WAL. */
    static List<ExpectedPhase> of(Verdict verdict, Verify verify, long copied, long wal) {
        List<ExpectedPhase> phases = new ArrayList<>();
        if (verdict == Verdict.REWIND) {
            phases.add(new ExpectedPhase(Phase.STAGE, copied));
            phases.add(new ExpectedPhase(Phase.SEAL, 0));
        }
        if (verdict == Verdict.REWIND || verdict == Verdict.RESUME) {
            phases.add(new ExpectedPhase(Phase.APPLY, copied));
            if (verify == Verify.RESULT) {
                phases.add(new ExpectedPhase(Phase.VERIFY, copied + wal));
            }
        }
        return phases;
    }
}
