package org.pgrewind4j.core.internal.area;

import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * The backup that a target becomes, as far as those who finish it need to know without it.
 *
 * @param label its name
 * @param dataDirectory owner and permissions of the data directory
 * @param request a hash of what was asked for beside the backup, which a repetition must ask for as well
 */
public record RestoredBackup(String label, BackupEntry.Attributes dataDirectory, String request) {}
