package org.pgrewind4j.wal.scan;

import java.util.Map;
import java.util.OptionalLong;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.ResourceManager;

/**
 * What a stretch of WAL did to one relation, by the number of its file. A relation that was rewritten meanwhile, as by
 * {@code TRUNCATE} or {@code VACUUM FULL}, has had several.
 *
 * @param relation where its files lie
 * @param committed rows that transactions changed which were committed in this stretch
 * @param uncommitted rows that transactions changed which were rolled back, or neither
 * @param transactions how many committed ones changed rows of it
 * @param records how many records name it
 * @param bytes how much WAL is about it: records but for their images count for the relation of their first block, images
 *     for their own
 * @param imageBytes how much of that is images of pages
 * @param managers the bytes by who wrote them
 * @param created whether its main file was made, by a transaction that was committed; where the record tells no
 *     transaction, by one that was not rolled back
 * @param dropped whether its files were removed by a commit
 * @param truncatedTo the number of blocks to which it was cut, the last time that it was; {@code VACUUM} does that too
 * @param sequenceValue if it is a sequence: the value up to which numbers are taken, as was last logged; the server logs
 *     some numbers ahead
 */
public record RelationActivity(
        RelFileLocator relation,
        RowCounts committed,
        RowCounts uncommitted,
        long transactions,
        long records,
        long bytes,
        long imageBytes,
        Map<ResourceManager, Long> managers,
        boolean created,
        boolean dropped,
        OptionalLong truncatedTo,
        OptionalLong sequenceValue) {

    /**
     * Takes a copy of the map.
     *
     * @param relation where its files lie
     * @param committed rows of committed transactions
     * @param uncommitted rows of others
     * @param transactions how many committed ones changed rows of it
     * @param records how many records name it
     * @param bytes how much WAL is about it
     * @param imageBytes how much of that is images of pages
     * @param managers the bytes by who wrote them
     * @param created whether its main file was made
     * @param dropped whether its files were removed
     * @param truncatedTo the number of blocks to which it was cut
     * @param sequenceValue if it is a sequence, its value
     */
    public RelationActivity {
        managers = Map.copyOf(managers);
    }
}
