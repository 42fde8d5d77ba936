package org.pgrewind4j.transport.pgbackrest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.transport.backup.BackupFacts.BackupType;

/** The name of a backup, which is a directory's (pgBackRest: {@code src/command/backup/common.c}). */
final class BackupLabel {

    private static final Pattern LABEL = Pattern.compile("[0-9]{8}-[0-9]{6}F(?:_[0-9]{8}-[0-9]{6}([DI]))?");

    private BackupLabel() {}

    /** What kind of backup has that name; empty if none has. */
    static Optional<BackupType> type(String label) {
        Matcher matcher = LABEL.matcher(label);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String kind = matcher.group(1);
        if (kind == null) {
            return Optional.of(BackupType.FULL);
        }
        return Optional.of(kind.equals("D") ? BackupType.DIFFERENTIAL : BackupType.INCREMENTAL);
    }

    static String check(String label) {
        if (type(label).isEmpty()) {
            throw new IniException("expected the label of a backup, found \"" + IniReader.shown(label) + "\"");
        }
        return label;
    }
}
