package org.pgrewind4j.core.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.wal.record.TransactionRecord;

/**
 * A transaction that was prepared before the divergence, so that both sides have it, and that the target committed or
 * rolled back behind it. A rewind drops that end, and brings the source's in its place, if there is one: else the
 * transaction is open again, and holds its locks, until somebody ends it again.
 *
 * <p>The two are known to be the same one by their transaction id: what was given before the divergence is given on
 * neither branch again.
 *
 * @param end the record by which the target ended it
 * @param fate what becomes of it
 */
public record PreparedBefore(TransactionRecord end, Fate fate) {

    /** What a rewind makes of it. */
    public enum Fate {
        /** The source ended it in the same way: nothing changes. */
        ENDED_ALIKE,
        /** The source ended it in the other way, and that counts. */
        ENDED_OTHERWISE,
        /** The source has not ended it: it is open again. */
        OPEN_AGAIN,
        /** The source's WAL does not tell. */
        UNKNOWN
    }

    /**
     * Finds them.
     *
     * @param abandoned the target's branch
     * @param kept the source's branch, if it could be read
     * @return in the order in which the target ended them
     */
    public static List<PreparedBefore> of(DivergenceReport.Branch abandoned, Optional<DivergenceReport.Branch> kept) {
        Map<Long, TransactionRecord> ofSource = new HashMap<>();
        kept.ifPresent(branch ->
                branch.activity().transactions().preparedBefore().forEach(end -> ofSource.put(end.xid(), end)));
        Fate ifMissing = kept.filter(DivergenceReport.Branch::isComplete).isPresent() ? Fate.OPEN_AGAIN : Fate.UNKNOWN;
        return abandoned.activity().transactions().preparedBefore().stream()
                .map(end -> new PreparedBefore(
                        end,
                        Optional.ofNullable(ofSource.get(end.xid()))
                                .map(other -> other.kind() == end.kind() ? Fate.ENDED_ALIKE : Fate.ENDED_OTHERWISE)
                                .orElse(ifMissing)))
                .toList();
    }

    /**
     * Whether the target committed it.
     *
     * @return false if the target rolled it back
     */
    public boolean isCommitted() {
        return end.kind().isCommit();
    }
}
