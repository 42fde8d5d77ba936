package org.pgrewind4j.transport.pgbackrest;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes ini files as pgBackRest does, with their checksum. */
final class IniText {

    private final SortedMap<String, SortedMap<String, String>> sections = new TreeMap<>();

    /** An empty file of the format that is known. */
    IniText() {
        put("backrest", "backrest-format", "5");
        put("backrest", "backrest-version", "\"2.57.0\"");
    }

    /** Sets a value, which is JSON. */
    IniText put(String section, String key, String json) {
        sections.computeIfAbsent(section, added -> new TreeMap<>()).put(key, json);
        return this;
    }

    IniText remove(String section, String key) {
        sections.getOrDefault(section, new TreeMap<>()).remove(key);
        return this;
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder();
        JsonValue.quote(text, quoted);
        return quoted.toString();
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder();
        StringBuilder checked = new StringBuilder("{");
        String separator = "";
        // In alphabetical order, in which the file's own section is the first.
        for (String section : sections.keySet()) {
            text.append(text.isEmpty() ? "" : "\n").append('[').append(section).append("]\n");
            checked.append(separator).append('"').append(section).append("\":{");
            separator = "},";
            String comma = "";
            for (Map.Entry<String, String> entry : sections.get(section).entrySet()) {
                text.append(entry.getKey()).append('=').append(entry.getValue()).append('\n');
                checked.append(comma).append(quoted(entry.getKey())).append(':').append(entry.getValue());
                comma = ",";
            }
        }
        byte[] sum = Sha1.digest().digest(checked.append("}}").toString().getBytes(StandardCharsets.UTF_8));
        text.append("\n[backrest]\nbackrest-checksum=\"")
                .append(HexFormat.of().formatHex(sum))
                .append("\"\n");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A manifest of one directory and a few files, as small as one can be. */
    static IniText smallManifest() {
        IniText text = new IniText()
                .put("backup", "backup-archive-start", "\"000000020000000000000007\"")
                .put("backup", "backup-archive-stop", "\"000000020000000000000007\"")
                .put("backup", "backup-label", "\"20261128-045123F\"")
                .put("backup", "backup-lsn-start", "\"0/7000028\"")
                .put("backup", "backup-lsn-stop", "\"0/7000100\"")
                .put("backup", "backup-timestamp-start", "1795841483")
                .put("backup", "backup-timestamp-stop", "1795841485")
                .put("backup", "backup-type", "\"full\"")
                .put("backup:db", "db-system-id", "7713080439580772223")
                .put("backup:db", "db-version", "\"15\"")
                .put("backup:option", "option-compress-type", "\"none\"")
                .put("backup:option", "option-online", "true")
                .put("db", "postgres", "{\"db-id\":5,\"db-last-system-id\":4}")
                .put("db", "shop", "{\"db-id\":16999,\"db-last-system-id\":4}");
        for (String section : List.of("target:file:default", "target:path:default")) {
            text.put(section, "group", "\"staff\"")
                    .put(section, "mode", section.contains("file") ? "\"0600\"" : "\"0700\"")
                    .put(section, "user", "\"postgres\"");
        }
        return text.put("target:path", "pg_data", "{}")
                .put("target:path", "pg_data/base", "{\"mode\":\"0750\"}")
                .put("target:file", "pg_data/PG_VERSION", file("587b596f04f7db9c2cad3d6b87dd2b3a05de4f35", 3))
                .put("target:file", "pg_data/base/empty", "{\"size\":0,\"timestamp\":1,\"user\":false}");
    }

    static String file(String sha1, long size) {
        return "{\"checksum\":\"" + sha1 + "\",\"size\":" + size + ",\"timestamp\":1795841483}";
    }
}
