package org.pgrewind4j.transport.backup;

import java.io.IOException;
import java.util.Map;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;

/**
 * A backup of a cluster, read where it is stored. As a {@link Transport} it is a data directory whose files were copied
 * one after the other while the server worked, from the {@linkplain BackupFacts#start start} to the
 * {@linkplain BackupFacts#stop stop} of the backup: replay from the one to the other makes a consistent cluster of them.
 * Its {@link Transport#replayEnd} is the stop, its {@link Transport#mode} that of a running server unless the backup was
 * made of a stopped one. A restore takes it, and so does a rewind: what a backup lacks of the WAL up to its stop, and of the
 * history of the timeline that is followed, comes from the archives that the rewind is given.
 *
 * <p>Beyond what a data directory tells, a backup knows of each file what it was when it was copied: checksum, owner,
 * permissions, time. What is read is checked against that checksum; a file whose content does not match it is an
 * {@link IOException} that names the backup and the file.
 */
public interface Backup extends Transport {

    /**
     * What the backup says of itself.
     *
     * @return the facts, read when the backup was opened
     */
    BackupFacts facts();

    /**
     * Visits everything that the backup holds, each path once and a directory before what is in it. The data directory
     * itself is not visited: see {@link BackupFacts#dataDirectory}. The link of a tablespace has the owner and permissions
     * of the directory that it leads to.
     *
     * @param visitor takes each entry
     * @throws IOException if the backup cannot be read, or as thrown by the visitor
     * @throws org.pgrewind4j.transport.UnsafePathException at the first name or link target that is not safe
     */
    void entries(Visitor visitor) throws IOException;

    /**
     * The symbolic links of the data directory whose targets the backup holds in their place, so that neither
     * {@link #list} nor {@link #entries} shows them as links. Tablespaces are not among them.
     *
     * <p>This implementation, for backups that hold none, gives none.
     *
     * @return where each was, and what it said, which may be relative to the directory that it was in
     */
    default Map<DataPath, String> links() {
        return Map.of();
    }

    /** Takes the entries of a backup. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Takes one entry.
         *
         * @param entry the entry
         * @throws IOException to end the visit
         */
        void visit(BackupEntry entry) throws IOException;
    }
}
