package org.pgrewind4j.transport.pgbackrest;

import java.util.Optional;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.Checksum;

/**
 * A file as the manifest describes it.
 *
 * @param path where it belongs in the data directory
 * @param size the length of its content
 * @param modified when it was modified, in seconds since 1970
 * @param attributes the number of its owner and permissions, see {@link ManifestAttributes}
 * @param checksum of its content; empty for an empty file
 * @param place where its bytes are stored
 */
record ManifestFile(DataPath path, long size, long modified, int attributes, Optional<Checksum> checksum, Place place) {

    /**
     * Where the bytes of a file are stored.
     *
     * @param reference the index of the backup that stored them, in the manifest's list
     * @param stored how many bytes are stored, with the block map
     * @param bundle the number of the bundle that they lie in; 0 if they are a file of their own
     * @param offset where they begin in the bundle
     * @param blocks how they are divided into blocks; empty if they are not
     */
    record Place(int reference, long stored, long bundle, long offset, Optional<Blocks> blocks) {}

    /**
     * How a file is divided into blocks.
     *
     * @param blockSize the length of a block in bytes
     * @param checksumSize how many bytes of each block's checksum are stored
     * @param mapSize how many bytes at the end of what is stored are the block map
     */
    record Blocks(int blockSize, int checksumSize, long mapSize) {

        /** Blocks are measured in pages of PostgreSQL's usual size, whatever the cluster's. */
        static final int UNIT = 8192;
    }

    /** Whether there is anything to read. */
    boolean isEmpty() {
        return size == 0;
    }
}
