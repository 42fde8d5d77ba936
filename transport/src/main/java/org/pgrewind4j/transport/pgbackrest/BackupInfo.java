package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.backup.BackupFacts.BackupType;

/**
 * A {@code backup.info}: the backups of a stanza (pgBackRest: {@code src/info/infoBackup.c}).
 *
 * @param backups by their labels, the oldest first
 * @param databaseId the number of the cluster's present history
 * @param cipherPassphrase that manifests are encrypted with
 */
record BackupInfo(SortedMap<String, BackupSummary> backups, long databaseId, Optional<String> cipherPassphrase) {

    private static final Map<String, BackupType> TYPES =
            Map.of("full", BackupType.FULL, "diff", BackupType.DIFFERENTIAL, "incr", BackupType.INCREMENTAL);

    static BackupInfo parse(InputStream in) throws IOException {
        SortedMap<String, BackupSummary> backups = new TreeMap<>();
        Map<String, JsonValue> database = new HashMap<>();
        Map<String, JsonValue> cipher = new HashMap<>();
        IniReader.read(in, (section, key, value) -> {
            switch (section) {
                case "backup:current" -> backups.put(BackupLabel.check(key), summary(key, value));
                case "db" -> database.put(key, value);
                case "cipher" -> cipher.put(key, value);
                default -> {
                    // The history of the cluster: each manifest says itself which one it belongs to.
                }
            }
        });
        JsonValue id = database.get("db-id");
        if (id == null) {
            throw new IniException("expected db-id in [db], found none");
        }
        return new BackupInfo(
                backups,
                id.number(),
                Optional.ofNullable(cipher.get("cipher-pass")).map(JsonValue::string));
    }

    private static BackupSummary summary(String label, JsonValue value) {
        String type = value.member("backup-type").string();
        BackupType known = TYPES.get(type);
        if (known == null || !BackupLabel.type(label).equals(Optional.of(known))) {
            throw new IniException(
                    "expected the type that the label " + label + " tells, found \"" + IniReader.shown(type) + "\"");
        }
        return new BackupSummary(
                label,
                known,
                value.member("db-id").number(),
                time(value, "backup-timestamp-start"),
                time(value, "backup-timestamp-stop"),
                lsn(value, "backup-lsn-start"),
                lsn(value, "backup-lsn-stop"),
                value.find("backup-prior").map(JsonValue::string).map(BackupLabel::check),
                value.find("backup-reference").map(JsonValue::list).orElse(List.of()).stream()
                        .map(JsonValue::string)
                        .map(BackupLabel::check)
                        .toList(),
                value.member("backup-info-size").number(),
                value.member("backup-info-size-delta").number(),
                value.find("backup-info-repo-size").map(JsonValue::number),
                value.member("backup-info-repo-size-delta").number(),
                value.find("backup-error").map(JsonValue::bool),
                value.flag("option-online"),
                annotations(value));
    }

    private static Instant time(JsonValue value, String key) {
        return Instant.ofEpochSecond(value.member(key).number(Integer.MAX_VALUE));
    }

    private static Optional<Lsn> lsn(JsonValue value, String key) {
        return value.find(key).map(JsonValue::string).map(text -> {
            try {
                return Lsn.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IniException("expected an LSN, found \"" + IniReader.shown(text) + "\"");
            }
        });
    }

    private static Map<String, String> annotations(JsonValue value) {
        Map<String, String> annotations = new HashMap<>();
        value.find("backup-annotation")
                .ifPresent(notes -> notes.names()
                        .forEach(
                                name -> annotations.put(name, notes.member(name).string())));
        return annotations;
    }
}
