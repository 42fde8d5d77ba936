package org.pgrewind4j.core;

import java.io.IOException;
import java.util.List;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.wal.WalSegmentSource;

/** What must hold of all that is staged, or replay would not make of it what the source is. */
interface StagedDataCheck {

    /** Whether what was found stays true when more is staged. */
    enum Result {
        /** It holds for all that is staged, and blocks that are still to come cannot change that. */
        HOLDS,
        /** It holds for all that is staged; each block that is still to come can be one for which it does not. */
        HOLDS_SO_FAR
    }

    /**
     * What is staged when a check is made.
     *
     * @param copies all that was fetched so far, WAL included
     * @param wal the WAL that replay will find
     * @param end where replay will end
     */
    record StagedData(List<StagedCopy> copies, WalSegmentSource wal, ReplayEnd end) {
        public StagedData {
            copies = List.copyOf(copies);
        }
    }

    /**
     * Looks at what is staged. The target is still untouched, or still lacks its control file.
     *
     * @throws PgRewindException if it does not hold
     */
    Result check(StagedData staged) throws IOException;
}
