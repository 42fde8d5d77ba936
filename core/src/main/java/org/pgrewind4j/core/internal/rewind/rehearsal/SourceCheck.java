package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.stage.StagedDataCheck;
import org.pgrewind4j.transport.Transport;

/** Proves that a source is still usable: what was asked for the plan may have changed while it was copied. */
public record SourceCheck(Transport source) implements StagedDataCheck {

    @Override
    public Result check(StagedData staged) throws IOException {
        Preconditions preconditions = new Preconditions();
        preconditions.checkSource(staged.end().controlFile(), source.mode(), source.problems());
        if (!preconditions.problems().isEmpty()) {
            throw new RewindRefusedException(preconditions.problems());
        }
        return Result.HOLDS;
    }
}
