package org.pgrewind4j.transport.backup;

import java.io.IOException;
import org.pgrewind4j.transport.Transport;

/**
 * A backup of a cluster, read where it is stored. As a {@link Transport} it is a data directory whose files were copied
 * one after the other while the server worked, from the {@linkplain BackupFacts#start start} to the
 * {@linkplain BackupFacts#stop stop} of the backup: replay from the one to the other makes a consistent cluster of them.
 * Its {@link Transport#replayEnd} is the stop, its {@link Transport#mode} that of a running server unless the backup was
 * made of a stopped one.
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
     * itself is not visited: see {@link BackupFacts#dataDirectory}.
     *
     * @param visitor takes each entry
     * @throws IOException if the backup cannot be read, or as thrown by the visitor
     * @throws org.pgrewind4j.transport.UnsafePathException at the first name or link target that is not safe
     */
    void entries(Visitor visitor) throws IOException;

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
