package org.pgrewind4j.core.internal.salvage;

import com.google.common.hash.Hashing;
import com.google.common.hash.HashingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.ManifestText;
import org.pgrewind4j.core.internal.json.JsonWriter;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * The files of a bundle. {@code bundle.json} names the others with their sizes and SHA-256, and is written last: where it is
 * missing there is no bundle.
 *
 * <table>
 * <caption>Files</caption>
 * <tr><th>name</th><th>content</th></tr>
 * <tr><td>undo</td><td>a manifest: the steps that bring the old state back</td></tr>
 * <tr><td>rewound</td><td>the rewind's own manifest: what the target is to be like before that</td></tr>
 * <tr><td>pg_control</td><td>the old control file</td></tr>
 * <tr><td>data.gz</td><td>the old content of what was overwritten, cut off or removed, in the order of {@code undo}</td></tr>
 * </table>
 */
public final class BundleFiles {

    static final String INDEX = "bundle.json";
    static final String UNDO = "undo";
    static final String REWOUND = "rewound";
    static final String CONTROL_FILE = "pg_control";
    static final String DATA = "data.gz";

    private static final List<String> PARTS = List.of(UNDO, REWOUND, CONTROL_FILE, DATA);
    private static final Pattern HEAD = Pattern.compile("\"format\": \"pgrewind4j-bundle\",\\s+\"version\": 1,");
    private static final Pattern PART =
            Pattern.compile("\"name\": \"([a-z_.]+)\", \"size\": (\\d{1,18}), \"sha256\": \"([0-9a-f]{64})\"");

    private final Path directory;

    public BundleFiles(Path directory) {
        this.directory = directory;
    }

    /** A part as it was written. */
    private record Part(long size, String sha256) {}

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Whether a file may be what an interrupted execution wrote of a bundle. */
    public static boolean isPart(Path file) {
        String name = String.valueOf(file.getFileName());
        return PARTS.contains(name) || name.equals(INDEX + ".new");
    }

    /** Whether there is a bundle, whatever it is worth. */
    public boolean isThere() {
        return Files.exists(file(INDEX));
    }

    public byte[] controlFile() throws IOException {
        return Files.readAllBytes(file(CONTROL_FILE));
    }

    public Manifest undo() throws IOException {
        return ManifestText.parse(Files.readAllBytes(file(UNDO)));
    }

    Manifest rewound() throws IOException {
        return ManifestText.parse(Files.readAllBytes(file(REWOUND)));
    }

    /** The text of the index of what was written. */
    byte[] index(Path target) throws IOException {
        JsonWriter json = new JsonWriter()
                .member("format", "pgrewind4j-bundle")
                .literal("version", 1)
                .member("target", target.toString())
                .beginArray("parts");
        for (String name : PARTS) {
            Part part = found(name);
            json.beginElement()
                    .member("name", name)
                    .literal("size", part.size())
                    .member("sha256", part.sha256())
                    .end();
        }
        return json.finish().getBytes(StandardCharsets.UTF_8);
    }

    private Part found(String name) throws IOException {
        try (HashingInputStream in = new HashingInputStream(Hashing.sha256(), Files.newInputStream(file(name)))) {
            return new Part(
                    in.transferTo(OutputStream.nullOutputStream()), in.hash().toString());
        }
    }

    /**
     * Reads all parts.
     *
     * @throws PgRewindException if one of them is not what was written
     */
    public void verify() throws IOException {
        Map<String, Part> written = written();
        for (String name : PARTS) {
            Part expected = written.get(name);
            Part found;
            try {
                found = found(name);
            } catch (NoSuchFileException e) {
                throw damaged(name, "a file", "none");
            }
            if (!found.equals(expected)) {
                throw damaged(name, String.valueOf(expected), found.toString());
            }
        }
    }

    private Map<String, Part> written() throws IOException {
        String text;
        try (InputStream in = Files.newInputStream(file(INDEX))) {
            text = new String(in.readNBytes(1 << 20), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new PgRewindException(PgRewindException.withHint(
                    "there is no bundle in \"" + directory + "\": \"" + INDEX + "\" is missing",
                    "check the path; a rewind that failed before its seal leaves none."));
        }
        Map<String, Part> parts = new LinkedHashMap<>();
        Matcher part = PART.matcher(text);
        while (part.find()) {
            parts.put(part.group(1), new Part(Long.parseLong(part.group(2)), part.group(3)));
        }
        if (!HEAD.matcher(text).find() || !List.copyOf(parts.keySet()).equals(PARTS)) {
            throw damaged(INDEX, "the index of a bundle of version 1", "something else");
        }
        return parts;
    }

    private PgRewindException damaged(String name, String expected, String found) {
        return new PgRewindException(PgRewindException.withHint(
                "the bundle is damaged: \"" + file(name) + "\": expected " + expected + ", found " + found,
                "bring back an undamaged copy of the bundle; nothing was changed."));
    }
}
