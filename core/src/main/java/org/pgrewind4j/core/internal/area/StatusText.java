package org.pgrewind4j.core.internal.area;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.core.LibraryVersion;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindStatus.Told;
import org.pgrewind4j.core.internal.json.JsonWriter;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * What a rewinding process says of itself, as a flat JSON object. What each member means is given by {@code
 * status.schema.json} in {@code META-INF/pgrewind4j}; members may be added without a new version.
 */
public final class StatusText {

    /** Takes a string's characters without ever going back, which also keeps the stack flat however long it is. */
    private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\": (?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([\\w-]+))");

    private StatusText() {}

    public static byte[] format(Told told) {
        return new JsonWriter()
                .literal("version", 1)
                .member("libraryVersion", LibraryVersion.current())
                .member("target", told.participants().target())
                .member("source", told.participants().source())
                .member("systemIdentifier", told.participants().systemIdentifier())
                .member("release", told.participants().release().map(PostgresVersion::release))
                .member("phase", told.phase())
                .literal("sealed", told.phase().compareTo(Phase.SEAL) > 0)
                .member("started", told.started().toString())
                .member("updated", told.updated().toString())
                .literal("process", told.process())
                .literal("bytesDone", told.bytesDone())
                .literal("bytesExpected", told.bytesExpected())
                .literal("percent", told.percent())
                .finish()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Reads it back; empty if it is not whole, as a crash can leave it. */
    public static Optional<Told> parse(byte[] bytes) {
        try {
            Map<String, String> members = members(new String(bytes, StandardCharsets.UTF_8));
            return Optional.of(new Told(
                    Phase.valueOf(text(members, "phase")),
                    Instant.parse(text(members, "started")),
                    Instant.parse(text(members, "updated")),
                    participants(members),
                    Long.parseLong(text(members, "process")),
                    Long.parseLong(text(members, "bytesDone")),
                    Long.parseLong(text(members, "bytesExpected"))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Participants participants(Map<String, String> members) {
        return new Participants(
                Optional.ofNullable(members.get("target")).map(Path::of),
                Optional.ofNullable(members.get("source")),
                Optional.ofNullable(members.get("systemIdentifier")),
                Optional.ofNullable(members.get("release")).map(StatusText::release));
    }

    private static PostgresVersion release(String text) {
        return Arrays.stream(PostgresVersion.values())
                .filter(version -> version.release().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("release: " + text));
    }

    private static Map<String, String> members(String text) {
        Map<String, String> members = new HashMap<>();
        Matcher member = MEMBER.matcher(text);
        while (member.find()) {
            if (member.group(2) != null) {
                members.put(member.group(1), unescaped(member.group(2)));
            } else if (!member.group(3).equals("null")) {
                members.put(member.group(1), member.group(3));
            }
        }
        return members;
    }

    private static String text(Map<String, String> members, String name) {
        return Optional.ofNullable(members.get(name)).orElseThrow(() -> new IllegalArgumentException("no " + name));
    }

    private static String unescaped(String text) {
        StringBuilder unescaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                unescaped.append(c);
            } else if (text.startsWith("u", i + 1)) {
                unescaped.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                unescaped.append(text.charAt(++i));
            }
        }
        return unescaped.toString();
    }
}
