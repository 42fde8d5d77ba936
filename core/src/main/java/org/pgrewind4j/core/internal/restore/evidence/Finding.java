package org.pgrewind4j.core.internal.restore.evidence;

import java.util.List;
import org.pgrewind4j.core.Problem;

/** What WAL tells of a target and a backup. */
public sealed interface Finding {

    /**
     * It tells what can differ.
     *
     * @param blocks the blocks that can
     */
    record Known(DifferingBlocks blocks) implements Finding {}

    /**
     * It tells nothing.
     *
     * @param problems why
     */
    record Unknown(List<Problem> problems) implements Finding {
        public Unknown {
            problems = List.copyOf(problems);
        }
    }
}
