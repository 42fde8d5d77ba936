package org.pgrewind4j.wal.scan;

/**
 * How many rows were changed. Toasted values are rows of a relation of their own.
 *
 * @param inserted rows that came
 * @param updated rows that got a new version, with new entries in every index
 * @param hotUpdated rows that got a new version on their page, without any
 * @param deleted rows that went
 */
public record RowCounts(long inserted, long updated, long hotUpdated, long deleted) {

    /** No row at all. */
    public static final RowCounts NONE = new RowCounts(0, 0, 0, 0);

    /**
     * How many rows there are of either kind.
     *
     * @return the sum
     */
    public long total() {
        return inserted + updated + hotUpdated + deleted;
    }

    /**
     * Adds.
     *
     * @param more is added
     * @return the sum of each kind
     */
    public RowCounts plus(RowCounts more) {
        return new RowCounts(
                inserted + more.inserted, updated + more.updated, hotUpdated + more.hotUpdated, deleted + more.deleted);
    }
}
