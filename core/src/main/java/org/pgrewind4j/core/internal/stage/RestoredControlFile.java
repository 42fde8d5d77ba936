package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * A backup's control file as it is restored. Its last checkpoint may be a later one than the backup began with, and a
 * server that finds no {@code backup_label} starts from it and is corrupt without a word. The label gives the checkpoint
 * to a server that has it (PostgreSQL: {@code src/backend/access/transam/xlogrecovery.c}, {@code InitWalRecovery}), so the
 * control file names one that is nowhere, as pgBackRest's since 2.51: who removes the label gets a server that does not
 * start.
 */
public final class RestoredControlFile {

    private static final Lsn NOWHERE = new Lsn(0xDEAD);

    private RestoredControlFile() {}

    public static byte[] of(Transport backup, ReplayEnd end) throws IOException {
        ControlFile stored = end.controlFile();
        return backup.mode() == SourceMode.STOPPED
                ? stored.toBytes()
                : stored.patch().checkPoint(NOWHERE).build().toBytes();
    }
}
