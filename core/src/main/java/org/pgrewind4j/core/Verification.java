package org.pgrewind4j.core;

import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * What was read back of a rewound target and found right, before a server could start on it: see {@link Verify#RESULT}.
 *
 * @param paths how many paths were looked at: files that were written, cut or removed, directories and links
 * @param bytes how many bytes of the files were read, without those of the WAL that replay needs
 * @param pages how many of their pages belong to the main forks of relations
 * @param pagesWithChecksum how many of these have a checksum, and the right one
 * @param walFrom where the WAL was read from: the redo point
 * @param walTo where it was read to: the end of replay
 * @param walRecords how many records begin there, each with a good CRC and the right link to the one before
 * @param walToRestore segments in between that are not there, and that {@link Rewind#restorable} says the standby gets by
 *     itself
 */
public record Verification(
        long paths,
        long bytes,
        long pages,
        long pagesWithChecksum,
        Lsn walFrom,
        Lsn walTo,
        long walRecords,
        List<WalSegmentName> walToRestore) {

    /**
     * Takes a copy of the list.
     *
     * @param paths how many paths were looked at
     * @param bytes how many bytes of files were read
     * @param pages how many of their pages belong to main forks
     * @param pagesWithChecksum how many of these have a checksum
     * @param walFrom where the WAL was read from
     * @param walTo where it was read to
     * @param walRecords how many records begin there
     * @param walToRestore segments that the standby gets by itself
     */
    public Verification {
        walToRestore = List.copyOf(walToRestore);
    }
}
