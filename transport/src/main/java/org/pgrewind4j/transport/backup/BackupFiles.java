package org.pgrewind4j.transport.backup;

import java.io.IOException;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.Transport;

/** The files of a base backup, in whatever form they are stored. */
interface BackupFiles extends Transport {

    /** What a data directory does not tell of an entry that was listed. */
    BackupEntry entry(SourceFile file) throws IOException;

    /** Owner and permissions of the data directory itself. */
    BackupEntry.Attributes dataDirectory() throws IOException;

    @Override
    void close();
}
