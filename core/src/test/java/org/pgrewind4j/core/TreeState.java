package org.pgrewind4j.core;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * What lies in a data directory, as text by path, so that a failed comparison names the files: type, permissions, size
 * and CRC of the content, the target of a link. Behind the links that PostgreSQL follows, what lies there too.
 */
public final class TreeState {

    /** A file that was not changed for so long has another time when it is changed again. */
    private static final long CLOCK_TICK_MILLIS = 1_000;

    /** What is known of the contents of files that lie unchanged, so that a tree can be looked at often. */
    private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

    private TreeState() {}

    /** The contents. The times that a rewind writes into the control file and the label are left out. */
    public static Map<String, String> contents(Path directory) {
        return of(directory, path -> true, Content.WITHOUT_TIMES);
    }

    /** The contents but for what a rewind stages, and what it keeps others off with. */
    public static Map<String, String> withoutStaging(Path directory) {
        return of(
                directory,
                path -> !path.contains("pgrewind4j.") && !path.equals("postmaster.pid"),
                Content.WITHOUT_TIMES);
    }

    /** The contents to the last byte, and the time of each file's and directory's last change. */
    static Map<String, String> withTimes(Path directory) {
        return of(directory, path -> true, Content.WITH_TIMES);
    }

    private enum Content {
        WITHOUT_TIMES,
        WITH_TIMES
    }

    private static Map<String, String> of(Path root, Predicate<String> wanted, Content content) {
        Map<String, String> state = new TreeMap<>();
        try {
            walk(root, "", wanted, content, state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return state;
    }

    private static void walk(
            Path directory, String prefix, Predicate<String> wanted, Content content, Map<String, String> state)
            throws IOException {
        List<Path> entries;
        try (Stream<Path> list = Files.list(directory)) {
            entries = list.toList();
        }
        for (Path entry : entries) {
            String path = prefix + entry.getFileName();
            if (!wanted.test(path)) {
                continue;
            }
            state.put(path, describe(entry, path, content));
            if (Files.isDirectory(entry)) {
                walk(entry, path + "/", wanted, content, state);
            }
        }
    }

    private static String describe(Path entry, String path, Content content) throws IOException {
        // By number: the names of owner and group are looked up again for each file.
        Map<String, Object> attributes = Files.readAttributes(
                entry, "unix:mode,uid,ino,size,lastModifiedTime,isDirectory,isSymbolicLink", NOFOLLOW_LINKS);
        String text =
                String.format(Locale.ROOT, "%o of %s", (int) attributes.get("mode") & 0777, attributes.get("uid"));
        if (content == Content.WITH_TIMES) {
            text += " " + attributes.get("lastModifiedTime");
        }
        if ((boolean) attributes.get("isSymbolicLink")) {
            return text + " link to " + Files.readSymbolicLink(entry);
        }
        if ((boolean) attributes.get("isDirectory")) {
            return text + " directory";
        }
        String file = entry + " " + content + attributes;
        String known = KNOWN.get(file);
        if (known == null) {
            known = text + crc(path, Files.readAllBytes(entry), content);
            long changed = ((FileTime) attributes.get("lastModifiedTime")).toMillis();
            if (System.currentTimeMillis() - changed > CLOCK_TICK_MILLIS) {
                KNOWN.put(file, known);
            }
        }
        return known;
    }

    private static String crc(String path, byte[] bytes, Content content) {
        byte[] counted = content == Content.WITH_TIMES ? bytes : withoutTimes(path, bytes);
        // Not CRC-32C, which is the same for all control files.
        CRC32 crc = new CRC32();
        crc.update(counted);
        return String.format(Locale.ROOT, " %d bytes, CRC %08X", counted.length, crc.getValue());
    }

    private static byte[] withoutTimes(String path, byte[] bytes) {
        if (path.equals(DataPath.CONTROL_FILE.toString())) {
            return ControlFile.parse(bytes).patch().time(Instant.EPOCH).build().toBytes();
        }
        if (path.equals("backup_label")) {
            return new String(bytes, StandardCharsets.UTF_8)
                    .replaceAll("START TIME: .*\n", "")
                    .getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }
}
