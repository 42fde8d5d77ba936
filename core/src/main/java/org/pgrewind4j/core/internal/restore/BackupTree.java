package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.internal.cluster.BackupLabel;
import org.pgrewind4j.core.internal.cluster.Exclusions;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts.Tablespace;

/**
 * What the target is to hold, but for the control file and what tells of a recovery.
 *
 * <p>Of what a backup can hold some is left out: what a server re-creates at each start, {@code tablespace_map}, since
 * the links are made here and may lead elsewhere than it says, and what lies in a tablespace beside this release's
 * directory. A link that is no tablespace's is not made: a directory takes its place, as without pgBackRest's {@code
 * --link-all}.
 *
 * @param entries by path, a directory before what is in it; of tablespaces links to where they are to lie
 * @param controlFile owner, permissions and time of the control file; empty if the backup has none
 */
record BackupTree(Map<DataPath, BackupEntry> entries, Optional<SetAttributes> controlFile) {

    /** What nobody gave a name to. */
    private static final String CONTROL = ".*\\p{Cntrl}.*";

    /** Reads it. */
    static BackupTree of(Backup backup, BackupTablespaces tablespaces, RelationGeometry geometry) throws IOException {
        Map<DataPath, String> locations = new LinkedHashMap<>();
        for (Tablespace tablespace : backup.facts().tablespaces()) {
            locations.put(
                    DataPath.TABLESPACES.resolve(Long.toUnsignedString(tablespace.oid())),
                    tablespaces.location(tablespace));
        }
        Map<DataPath, BackupEntry> entries = new LinkedHashMap<>();
        SetAttributes[] controlFile = new SetAttributes[1];
        backup.entries(entry -> {
            DataPath path = entry.file().path();
            if (path.equals(DataPath.CONTROL_FILE)) {
                controlFile[0] = attributes(entry);
            } else if (!isLeftOut(path, geometry)) {
                entries.put(path, placed(entry, locations));
            }
        });
        return new BackupTree(entries, Optional.ofNullable(controlFile[0]));
    }

    private static boolean isLeftOut(DataPath path, RelationGeometry geometry) {
        return Exclusions.isForeign(path)
                || (Exclusions.isExcluded(path) && !path.equals(BackupLabel.PATH))
                || RecoveryFiles.isOfRecovery(path)
                || geometry.isForeign(path);
    }

    private static BackupEntry placed(BackupEntry entry, Map<DataPath, String> locations) throws IOException {
        SourceFile file = entry.file();
        if (file.type() != SourceFile.Type.SYMLINK) {
            return entry;
        }
        String location = locations.get(file.path());
        if (location == null && file.path().isTablespace()) {
            throw new IOException("the backup says nothing of its tablespace \"" + file.path() + "\"");
        }
        SourceFile made =
                location == null ? SourceFile.directory(file.path()) : SourceFile.symlink(file.path(), location);
        return new BackupEntry(made, entry.attributes(), Optional.empty(), Optional.empty());
    }

    /** What an entry's attributes make of what lies there. */
    static SetAttributes attributes(BackupEntry entry) {
        BackupEntry.Attributes found = entry.attributes();
        return new SetAttributes(
                entry.file().path(),
                new BackupEntry.Attributes(found.mode() & 0777, legal(found.user()), legal(found.group())),
                entry.modified().map(time -> Instant.ofEpochSecond(time.getEpochSecond())));
    }

    private static Optional<String> legal(Optional<String> name) {
        return name.filter(text -> !text.isEmpty() && !text.matches("(?s)" + CONTROL));
    }
}
