package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An {@code archive.info}: the clusters whose WAL a stanza has archived (pgBackRest: {@code src/info/infoArchive.c}).
 *
 * @param clusters in the order of the file
 * @param cipherPassphrase that the WAL is encrypted with
 */
record ArchiveInfo(List<Cluster> clusters, Optional<String> cipherPassphrase) {

    private static final Pattern RELEASE = Pattern.compile("[0-9]{1,2}(?:\\.[0-9])?");

    /**
     * A cluster, or one release of it.
     *
     * @param number of it in the stanza
     * @param systemIdentifier the cluster's
     * @param release of the server, such as {@code 9.6} or {@code 15}
     */
    record Cluster(long number, long systemIdentifier, String release) {
        /** The name of the directory that holds its WAL. */
        String directory() {
            return release + "-" + number;
        }
    }

    static ArchiveInfo parse(InputStream in) throws IOException {
        List<Cluster> clusters = new ArrayList<>();
        List<String> passphrases = new ArrayList<>();
        IniReader.read(in, (section, key, value) -> {
            if (section.equals("db:history")) {
                clusters.add(cluster(key, value));
            } else if (section.equals("cipher") && key.equals("cipher-pass")) {
                passphrases.add(value.string());
            }
        });
        return new ArchiveInfo(List.copyOf(clusters), passphrases.stream().findFirst());
    }

    private static Cluster cluster(String key, JsonValue value) {
        String release = value.member("db-version").string();
        if (!RELEASE.matcher(release).matches()) {
            throw new IniException("expected a release of PostgreSQL, found \"" + IniReader.shown(release) + "\"");
        }
        try {
            // The system identifier's key is that of the number elsewhere.
            return new Cluster(
                    Integer.parseUnsignedInt(key), value.member("db-id").unsigned(), release);
        } catch (NumberFormatException e) {
            throw new IniException("expected the number of a cluster, found \"" + IniReader.shown(key) + "\"");
        }
    }
}
