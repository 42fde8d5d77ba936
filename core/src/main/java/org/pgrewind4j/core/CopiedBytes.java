package org.pgrewind4j.core;

import java.util.Collection;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.FileAction.UpdateFile;

/**
 * How many bytes come from the source, and of WAL from archives, by kind.
 *
 * @param blocks blocks of relation files that both sides have, counted in blocks
 * @param blockBytes their bytes
 * @param relationBytes relation files that are copied whole
 * @param walBytes WAL segments
 * @param otherBytes everything else
 */
public record CopiedBytes(long blocks, long blockBytes, long relationBytes, long walBytes, long otherBytes) {

    static CopiedBytes of(Collection<? extends FileAction> actions, RelationGeometry geometry, WalFiles wal) {
        long blockBytes = 0;
        long relationBytes = 0;
        long walBytes = 0;
        long otherBytes = 0;
        for (FileAction action : actions) {
            if (action instanceof CopyRanges) {
                blockBytes += action.bytes();
            } else if (action instanceof UpdateFile) {
                relationBytes += action.bytes();
            } else if (action instanceof RestoreWal) {
                walBytes += action.bytes();
            } else if (action instanceof CopyFile) {
                if (wal.isOfSegment(action.path())) {
                    walBytes += action.bytes();
                } else if (geometry.file(action.path()).isPresent()) {
                    relationBytes += action.bytes();
                } else {
                    otherBytes += action.bytes();
                }
            }
        }
        return new CopiedBytes(blockBytes / geometry.blockSize(), blockBytes, relationBytes, walBytes, otherBytes);
    }

    /**
     * The sum over all kinds.
     *
     * @return bytes
     */
    public long total() {
        return blockBytes + relationBytes + walBytes + otherBytes;
    }
}
