package org.pgrewind4j.transport.pgbackrest;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.backup.Checksum;
import org.pgrewind4j.transport.codec.Compression;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * Reads a {@code backup.manifest} (pgBackRest: {@code src/info/manifest/serialize.c.inc}). Keys that are not known belong to
 * a later release, and are left out as pgBackRest itself leaves them out.
 *
 * <p>Names begin with {@code pg_data/}, which stands for the data directory, or with {@code pg_tblspc/}OID, which is where
 * the tablespace is linked in and so is the path in the data directory already.
 */
final class ManifestParser implements IniReader.Visitor {

    private static final String DATA = "pg_data";
    private static final String TABLESPACES = "pg_tblspc";
    /** The end of the year 9999. */
    private static final long LATEST = 253_402_300_799L;

    private static final int FIRST_NORMAL_OBJECT_ID = 16384;
    private static final List<String> SYSTEM_DATABASES = List.of("postgres", "template0", "template1");

    private final Map<String, JsonValue> backup = new HashMap<>();
    private final Map<String, JsonValue> database = new HashMap<>();
    private final Map<String, JsonValue> options = new HashMap<>();
    private final List<BackupFacts.Tablespace> tablespaces = new ArrayList<>();
    private final List<BackupFacts.Database> databases = new ArrayList<>();
    private final ManifestFiles files = new ManifestFiles();
    private final ManifestAttributes fileAttributes = new ManifestAttributes();
    private final ManifestAttributes pathAttributes = new ManifestAttributes();
    private final SortedMap<DataPath, Integer> paths = new TreeMap<>();
    private final Map<DataPath, String> links = new HashMap<>();
    private final List<DataPath> damaged = new ArrayList<>();
    private final List<String> references = new ArrayList<>();
    private final Map<String, Integer> referenceNumbers = new HashMap<>();
    private Optional<Integer> dataDirectory = Optional.empty();
    private Optional<String> cipherPassphrase = Optional.empty();
    private String label = "";
    private boolean isBeta;

    private ManifestParser() {}

    /**
     * Reads a manifest.
     *
     * @param in its bytes
     * @return what it says
     * @throws IniException if it is not a manifest
     * @throws org.pgrewind4j.transport.UnsafePathException if a name or a link's target is not safe
     * @throws IOException if it cannot be read
     */
    static Manifest parse(InputStream in) throws IOException {
        ManifestParser parser = new ManifestParser();
        IniReader.read(in, parser);
        return parser.manifest();
    }

    @Override
    public void visit(String section, String key, JsonValue value) {
        switch (section) {
            case "backrest" ->
                isBeta |= key.equals("backrest-version") && value.string().equals(BetaBlocks.RELEASE);
            case "backup" -> backup(key, value);
            case "backup:db" -> database.put(key, value);
            case "backup:option" -> options.put(key, value);
            case "backup:target" -> target(key, value);
            case "cipher" -> {
                if (key.equals("cipher-pass")) {
                    cipherPassphrase = Optional.of(value.string());
                }
            }
            case "db" -> databases.add(database(key, value));
            case "target:file" -> files.add(file(key, value));
            case "target:file:default" -> fileAttributes.setDefault(key, value);
            case "target:link" -> link(key, value);
            case "target:path" -> path(key, value);
            case "target:path:default" -> pathAttributes.setDefault(key, value);
            default -> {
                // Notes, and what later releases add.
            }
        }
    }

    private void backup(String key, JsonValue value) {
        backup.put(key, value);
        if (key.equals("backup-label")) {
            label = BackupLabel.check(value.string());
        } else if (key.equals("backup-reference")) {
            Arrays.stream(value.string().split(",", -1)).forEach(this::reference);
        }
    }

    /** The number of a backup that holds files of this one. */
    private int reference(String name) {
        Integer known = referenceNumbers.get(name);
        if (known != null) {
            return known;
        }
        references.add(BackupLabel.check(name));
        referenceNumbers.put(name, references.size() - 1);
        return references.size() - 1;
    }

    private void target(String key, JsonValue value) {
        Optional<JsonValue> oid = value.find("tablespace-id");
        if (oid.isEmpty()) {
            return;
        }
        DataPath path = DataPath.ofUntrusted(key);
        if (!path.isTablespace() || !path.fileName().equals(oid.get().string())) {
            throw new IniException("expected pg_tblspc/OID and that OID, found \"" + IniReader.shown(key) + "\" and \""
                    + IniReader.shown(oid.get().string()) + "\"");
        }
        String location =
                SourceFile.symlink(path, value.member("path").string()).linkTarget();
        tablespaces.add(new BackupFacts.Tablespace(
                oid(path.fileName()),
                value.find("tablespace-name").map(JsonValue::string).orElse(path.fileName()),
                location));
    }

    private static long oid(String digits) {
        try {
            return Integer.toUnsignedLong(Integer.parseUnsignedInt(digits));
        } catch (NumberFormatException e) {
            throw new IniException("expected an OID, found \"" + IniReader.shown(digits) + "\"");
        }
    }

    private static BackupFacts.Database database(String name, JsonValue value) {
        long oid = value.member("db-id").number();
        return new BackupFacts.Database(oid, name, oid < FIRST_NORMAL_OBJECT_ID || SYSTEM_DATABASES.contains(name));
    }

    /** Where something belongs in the data directory; empty for that itself. */
    private static Optional<DataPath> pathOf(String name) {
        if (name.equals(DATA)) {
            return Optional.empty();
        }
        if (name.startsWith(DATA + "/")) {
            return Optional.of(DataPath.ofUntrusted(name.substring(DATA.length() + 1)));
        }
        if (name.startsWith(TABLESPACES + "/")) {
            return Optional.of(DataPath.ofUntrusted(name));
        }
        throw new IniException("expected a name in pg_data or pg_tblspc, found \"" + IniReader.shown(name) + "\"");
    }

    private ManifestFile file(String name, JsonValue value) {
        try {
            DataPath path = pathOf(name).orElseThrow(() -> new IniException("expected a file, found pg_data"));
            long size = value.member("size").number();
            long modified = value.member("timestamp").number();
            if (modified > LATEST) {
                throw new IniException("expected a time up to " + LATEST + " s, found " + modified);
            }
            if (value.find("checksum-page-error").isPresent()) {
                damaged.add(path);
            }
            return new ManifestFile(
                    path, size, modified, fileAttributes.of(value), checksum(value, size), place(value, size));
        } catch (IniException e) {
            throw new IniException("\"" + IniReader.shown(name) + "\": " + e.getMessage());
        }
    }

    private static Optional<Checksum> checksum(JsonValue value, long size) {
        if (size == 0) {
            return Optional.empty();
        }
        String hex = value.member("checksum").string();
        try {
            return Optional.of(new Checksum(Checksum.Algorithm.SHA1, hex));
        } catch (IllegalArgumentException e) {
            throw new IniException("expected a SHA-1 in 40 digits, found \"" + IniReader.shown(hex) + "\"");
        }
    }

    private ManifestFile.Place place(JsonValue value, long size) {
        int reference = reference(value.find("reference").map(JsonValue::string).orElseGet(this::ownLabel));
        long stored = value.find("repo-size").map(JsonValue::number).orElse(size);
        long bundle = value.find("bni").map(JsonValue::number).orElse(0L);
        long offset = value.find("bno").map(JsonValue::number).orElse(0L);
        if (Long.MAX_VALUE - offset < stored) {
            throw new IniException("expected a place in a bundle, found offset " + offset + " and size " + stored);
        }
        return new ManifestFile.Place(reference, stored, bundle, offset, blocks(value, stored));
    }

    private String ownLabel() {
        if (label.isEmpty()) {
            throw new IniException("expected backup-label in [backup] before the files, found none");
        }
        return label;
    }

    /** A block size without a map means that the file was stored whole. */
    private static Optional<ManifestFile.Blocks> blocks(JsonValue value, long stored) {
        Optional<JsonValue> map = value.find("bim");
        if (map.isEmpty()) {
            return Optional.empty();
        }
        int units = value.member("bi").number(BlockMap.GREATEST_BLOCK / ManifestFile.Blocks.UNIT);
        int checksumSize = value.find("bic")
                .map(size -> size.number(BlockMap.LONGEST_CHECKSUM))
                .orElse(BlockMap.USUAL_CHECKSUM);
        long mapSize = map.get().number();
        if (units == 0 || checksumSize == 0 || mapSize == 0 || mapSize > stored) {
            throw new IniException("expected blocks and their map within " + stored + " bytes, found a block size of "
                    + units + ", a checksum of " + checksumSize + " and a map of " + mapSize + " bytes");
        }
        return Optional.of(new ManifestFile.Blocks(units * ManifestFile.Blocks.UNIT, checksumSize, mapSize));
    }

    private void link(String name, JsonValue value) {
        DataPath path = pathOf(name).orElseThrow(() -> new IniException("expected a link, found pg_data"));
        String target = value.member("destination").string();
        if (links.put(path, SourceFile.symlink(path, target).linkTarget()) != null) {
            throw new IniException("the link is listed twice: \"" + path + "\"");
        }
    }

    private void path(String name, JsonValue value) {
        int attributes = pathAttributes.of(value);
        if (name.equals(TABLESPACES)) {
            // Where tablespaces lie in the repository. The directory of the cluster is pg_data/pg_tblspc.
            return;
        }
        Optional<DataPath> path = pathOf(name);
        if (path.isEmpty()) {
            dataDirectory = Optional.of(attributes);
        } else if (paths.put(path.get(), attributes) != null) {
            throw new IniException("the directory is listed twice: \"" + path.get() + "\"");
        }
    }

    private Manifest manifest() {
        if (files.count() > 0) {
            fileAttributes.complete("target:file:default", Optional.empty());
        }
        pathAttributes.complete("target:path:default", Optional.empty());
        checkTree();
        SortedMap<DataPath, BackupEntry.Attributes> directories = new TreeMap<>();
        paths.forEach((path, attributes) -> directories.put(path, pathAttributes.get(attributes)));
        return new Manifest(
                facts(),
                compression(),
                flag(backup, "backup-bundle-raw"),
                isBeta,
                cipherPassphrase,
                List.copyOf(references),
                files,
                fileAttributes,
                directories,
                Map.copyOf(links),
                List.copyOf(damaged));
    }

    /** Nothing lies in what is not there or is not a directory, and no path is two things. */
    private void checkTree() {
        for (String directory : files.directories()) {
            if (!directory.isEmpty() && !paths.containsKey(DataPath.of(directory))) {
                throw new IniException("files lie in a directory that is not listed: \"" + directory + "\"");
            }
        }
        for (DataPath path : paths.keySet()) {
            Optional<DataPath> parent = path.parent();
            if (parent.isPresent() && !paths.containsKey(parent.get())) {
                throw new IniException("a directory lies in one that is not listed: \"" + path + "\"");
            }
            if (files.find(path).isPresent()) {
                throw new IniException("listed as a directory and as a file: \"" + path + "\"");
            }
        }
        for (DataPath link : links.keySet()) {
            if (!paths.containsKey(link) && files.find(link).isEmpty()) {
                throw new IniException("a link leads to what is not listed: \"" + link + "\"");
            }
        }
    }

    private BackupFacts facts() {
        boolean isOnline = flag(options, "option-online");
        List<String> older = references.stream()
                .filter(name -> !name.equals(ownLabel()))
                .sorted()
                .toList();
        return new BackupFacts(
                ownLabel(),
                BackupLabel.type(label).orElseThrow(),
                older,
                version(),
                required(database, "backup:db", "db-system-id").unsigned(),
                lsn("backup-lsn-start", isOnline),
                lsn("backup-lsn-stop", isOnline),
                timeline("backup-archive-start", isOnline),
                timeline("backup-archive-stop", isOnline),
                time("backup-timestamp-start"),
                time("backup-timestamp-stop"),
                isOnline,
                pathAttributes.get(dataDirectory.orElseThrow(
                        () -> new IniException("expected pg_data in [target:path], found none"))),
                tablespaces,
                databases);
    }

    private PostgresVersion version() {
        String release = required(database, "backup:db", "db-version").string();
        List<PostgresVersion> known = List.of(PostgresVersion.values());
        return known.stream()
                .filter(version -> version.release().equals(release))
                .findFirst()
                .orElseThrow(() -> new IniException("expected PostgreSQL "
                        + known.get(0).release() + " to "
                        + known.get(known.size() - 1).release() + ", found \"" + IniReader.shown(release) + "\""));
    }

    private Lsn lsn(String key, boolean isOnline) {
        JsonValue value = backup.get(key);
        if (value == null && !isOnline) {
            return Lsn.INVALID;
        }
        String text = required(backup, "backup", key).string();
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IniException("expected an LSN, found \"" + IniReader.shown(text) + "\"");
        }
    }

    /** Of the segment that is named; the first one for an offline backup, whose control file knows better. */
    private TimelineId timeline(String segment, boolean isOnline) {
        if (!isOnline && !backup.containsKey(segment)) {
            return TimelineId.ofBits(1);
        }
        return timelineOf(required(backup, "backup", segment).string());
    }

    /** The timeline that a WAL segment's name begins with. */
    private static TimelineId timelineOf(String segment) {
        try {
            return TimelineId.ofBits(Integer.parseUnsignedInt(segment, 0, 8, 16));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IniException("expected the name of a WAL segment, found \"" + IniReader.shown(segment) + "\"");
        }
    }

    private Instant time(String key) {
        return Instant.ofEpochSecond(required(backup, "backup", key).number(Integer.MAX_VALUE));
    }

    private Compression compression() {
        JsonValue type = options.get("option-compress-type");
        if (type == null) {
            return flag(options, "option-compress") ? Compression.GZ : Compression.NONE;
        }
        return Compression.ofLabel(type.string())
                .orElseThrow(() -> new IniException(
                        "expected a compression that is known, found \"" + IniReader.shown(type.string()) + "\""));
    }

    private static boolean flag(Map<String, JsonValue> section, String key) {
        JsonValue value = section.get(key);
        return value != null && value.bool();
    }

    private static JsonValue required(Map<String, JsonValue> section, String name, String key) {
        JsonValue value = section.get(key);
        if (value == null) {
            throw new IniException("expected " + key + " in [" + name + "], found none");
        }
        return value;
    }
}
