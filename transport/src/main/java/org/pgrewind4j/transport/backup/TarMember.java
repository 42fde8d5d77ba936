package org.pgrewind4j.transport.backup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.SourceFile;

/**
 * What a tar file holds of one path.
 *
 * @param file where and what it is in the data directory
 * @param mode its permissions
 * @param modified when it was last modified, in seconds of the epoch
 * @param tar the plain tar file, of a file only
 * @param offset where in that the file's content begins
 */
record TarMember(
        SourceFile file,
        int mode,
        Instant modified,
        @Nullable PlainTar tar,
        long offset) {

    /** A directory that a tar file has no member for. */
    static TarMember ofDirectory(SourceFile directory) {
        return new TarMember(directory, 0700, Instant.EPOCH, null, 0);
    }
}
