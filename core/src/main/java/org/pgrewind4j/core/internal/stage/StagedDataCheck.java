package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.wal.WalSegmentSource;

/** What must hold of all that is staged, or replay would not make of it what the source is. */
public interface StagedDataCheck {

    /** Whether what was found stays true when more is staged. */
    enum Reach {
        /** It holds for all that is staged, and blocks that are still to come cannot change that. */
        HOLDS,
        /** It holds for all that is staged; each block that is still to come can be one for which it does not. */
        HOLDS_SO_FAR
    }

    /**
     * What was found.
     *
     * @param reach whether it stays true
     * @param additions directories and links that are to be there when replay starts, whatever else becomes of them; each
     *     behind those that it lies in
     * @param warnings what somebody must see to before the server starts
     */
    record Result(Reach reach, List<FileAction> additions, List<Warning> warnings) {

        /** Nothing that could change, or that has to be done. */
        public static final Result HOLDS = new Result(Reach.HOLDS, List.of(), List.of());

        public Result {
            additions = List.copyOf(additions);
            warnings = List.copyOf(warnings);
        }

        /** Both of two. */
        Result and(Result other) {
            return new Result(
                    reach == Reach.HOLDS ? other.reach : reach,
                    both(additions, other.additions),
                    both(warnings, other.warnings));
        }

        private static <T> List<T> both(List<T> one, List<T> other) {
            Set<T> all = new LinkedHashSet<>(one);
            all.addAll(other);
            return List.copyOf(all);
        }
    }

    /**
     * What is staged when a check is made.
     *
     * @param copies all that was fetched so far, WAL included
     * @param wal the WAL that replay will find
     * @param end where replay will end
     */
    record StagedData(List<FetchedFile> copies, WalSegmentSource wal, ReplayEnd end) {
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
