package org.pgrewind4j.core.internal.area;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindStatus.Told;
import org.pgrewind4j.core.internal.json.JsonWriter;

/**
 * What a rewinding process says of itself, as a JSON object of strings, numbers and one truth value:
 *
 * <table>
 * <caption>Members</caption>
 * <tr><th>name</th><th>value</th></tr>
 * <tr><td>version</td><td>1: of this form; members may be added without a new version</td></tr>
 * <tr><td>phase</td><td>"STAGE", "SEAL", "APPLY" or "VERIFY"</td></tr>
 * <tr><td>sealed</td><td>true in "APPLY" and "VERIFY": the source is not needed any more</td></tr>
 * <tr><td>started, updated</td><td>times as "2026-01-31T12:00:00Z"</td></tr>
 * <tr><td>source</td><td>names the source</td></tr>
 * <tr><td>process</td><td>process id</td></tr>
 * <tr><td>bytesDone, bytesExpected, percent</td><td>progress of the phase</td></tr>
 * </table>
 */
public final class StatusText {

    /** Takes a string's characters without ever going back, which also keeps the stack flat however long it is. */
    private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\": (?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([\\w-]+))");

    private StatusText() {}

    public static byte[] format(Told told) {
        return new JsonWriter()
                .literal("version", 1)
                .member("phase", told.phase())
                .literal("sealed", told.phase().compareTo(Phase.SEAL) > 0)
                .member("started", told.started().toString())
                .member("updated", told.updated().toString())
                .member("source", told.source())
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
                    text(members, "source"),
                    Long.parseLong(text(members, "process")),
                    Long.parseLong(text(members, "bytesDone")),
                    Long.parseLong(text(members, "bytesExpected"))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> members(String text) {
        Map<String, String> members = new HashMap<>();
        Matcher member = MEMBER.matcher(text);
        while (member.find()) {
            members.put(member.group(1), member.group(2) == null ? member.group(3) : unescaped(member.group(2)));
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
