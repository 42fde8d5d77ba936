package org.pgrewind4j.transport.backup;

import java.time.Instant;
import java.util.Optional;
import org.pgrewind4j.transport.SourceFile;

/**
 * One file, directory or link of a backup.
 *
 * @param file where and what it is, and how long its content is
 * @param attributes whose it was, and who might do what with it
 * @param modified when it was last modified; of files alone, and in whole seconds in most backups
 * @param checksum of the whole content; empty where the backup has none, as for an empty file, and for anything but a
 *     file
 */
public record BackupEntry(
        SourceFile file, Attributes attributes, Optional<Instant> modified, Optional<Checksum> checksum) {

    /**
     * Owner and permissions.
     *
     * @param mode the permission bits as {@code chmod} takes them, from 0 to 07777
     * @param user the name of the owner; empty where it had none
     * @param group the name of the group; empty where it had none
     */
    public record Attributes(int mode, Optional<String> user, Optional<String> group) {

        private static final int ALL_BITS = 07777;

        /**
         * Checks the bits.
         *
         * @param mode the permission bits
         * @param user the name of the owner
         * @param group the name of the group
         * @throws IllegalArgumentException for other bits
         */
        public Attributes {
            if ((mode & ~ALL_BITS) != 0) {
                throw new IllegalArgumentException("not permission bits: " + Integer.toOctalString(mode));
            }
        }
    }
}
