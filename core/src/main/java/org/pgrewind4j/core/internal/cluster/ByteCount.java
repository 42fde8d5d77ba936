package org.pgrewind4j.core.internal.cluster;

import java.util.Collection;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.RestoreWal;
import org.pgrewind4j.core.FileAction.UpdateFile;

/**
 * Counts what actions take, by kind.
 *
 * @param geometry tells relation files
 * @param wal tells WAL
 */
public record ByteCount(RelationGeometry geometry, WalFiles wal) {

    public CopiedBytes of(Collection<? extends FileAction> actions) {
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
}
