package org.pgrewind4j.transport.pgbackrest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.VisibleText;

/**
 * The strict ini files that pgBackRest keeps its knowledge in (pgBackRest: {@code src/common/ini.c},
 * {@code src/info/info.c}): {@code backup.info}, {@code archive.info}, {@code backup.manifest}.
 *
 * <table>
 * <caption>A file</caption>
 * <tr><th>line</th><th>what</th></tr>
 * <tr><td>empty</td><td>nothing</td></tr>
 * <tr><td>{@code [...]}</td><td>begins a section</td></tr>
 * <tr><td>{@code KEY=JSON}</td><td>a value; the key may hold {@code =}, and ends at the first one behind which there is JSON</td></tr>
 * </table>
 *
 * <p>The first section, {@code [backrest]}, says which format this is; the last one, of the same name, holds the SHA-1 of
 * everything else, taken over the file as if it were one object of JSON. Entries reach the visitor before that checksum is
 * known to be right: what they made is to be thrown away if {@link #read} throws.
 *
 * <p>One line is held at a time, so that a file of any length can be read.
 */
final class IniReader {

    /** The format that all releases from 2.0 on write. */
    private static final long FORMAT = 5;

    /** Longer than the page checksum errors of a whole relation file. */
    private static final int LONGEST_LINE = 16 << 20;

    private static final String OWN_SECTION = "backrest";

    /** Takes the values. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes one.
         *
         * @throws IniException if it is not one that may stand there
         */
        void visit(String section, String key, JsonValue value);
    }

    private final InputStream in;
    private final Visitor visitor;
    private final MessageDigest sha1 = Sha1.digest();
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;
    private int lineNumber;

    private @Nullable String section;
    private @Nullable String sectionOfChecksum;
    private boolean isFormatKnown;
    private @Nullable String checksum;

    private IniReader(InputStream in, Visitor visitor) {
        this.in = in;
        this.visitor = visitor;
    }

    /**
     * Reads a file to its end.
     *
     * @param in its bytes
     * @param visitor takes the values, but for the format and the checksum
     * @throws IniException if the file is none of that form and format, or not complete
     * @throws IOException if it cannot be read
     */
    static void read(InputStream in, Visitor visitor) throws IOException {
        new IniReader(in, visitor).run();
    }

    private void run() throws IOException {
        for (byte[] line = line(); line != null; line = line()) {
            try {
                take(text(line));
            } catch (IniException e) {
                throw e.atLine(lineNumber);
            }
        }
        end();
    }

    /** The next line without its end; null behind the last one. */
    private byte @Nullable [] line() throws IOException {
        lineNumber++;
        ByteArrayOutputStream parts = new ByteArrayOutputStream(512);
        while (true) {
            for (int i = position; i < limit; i++) {
                if (buffer[i] == '\n') {
                    parts.write(buffer, position, i - position);
                    position = i + 1;
                    return parts.toByteArray();
                }
            }
            parts.write(buffer, position, limit - position);
            if (parts.size() > LONGEST_LINE) {
                throw new IniException("a line longer than " + LONGEST_LINE + " bytes").atLine(lineNumber);
            }
            position = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            if (limit == 0) {
                return parts.size() == 0 ? null : parts.toByteArray();
            }
        }
    }

    private static String text(byte[] line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IniException("not UTF-8");
        }
    }

    private void take(String line) {
        if (line.isEmpty()) {
            return;
        }
        if (checksum != null) {
            throw new IniException("expected the end of the file behind its checksum, found \"" + shown(line) + "\"");
        }
        if (line.startsWith("[")) {
            if (!line.endsWith("]")) {
                throw new IniException("expected a section in brackets, found \"" + shown(line) + "\"");
            }
            section = line.substring(1, line.length() - 1);
            return;
        }
        String current = section;
        if (current == null) {
            throw new IniException("expected a section, found \"" + shown(line) + "\"");
        }
        for (int equals = line.indexOf('='); equals >= 0; equals = line.indexOf('=', equals + 1)) {
            JsonValue value = JsonValue.parse(line.substring(equals + 1));
            if (value != null) {
                value(current, line.substring(0, equals), line.substring(equals + 1), value);
                return;
            }
        }
        throw new IniException("expected a key and its value in JSON, found \"" + shown(line) + "\"");
    }

    private void value(String current, String key, String json, JsonValue value) {
        if (key.isEmpty()) {
            throw new IniException("expected a key before \"=\"");
        }
        boolean isOwn = current.equals(OWN_SECTION);
        if (isOwn && key.equals("backrest-checksum")) {
            checksum = value.string();
            return;
        }
        if (!isFormatKnown && !(isOwn && key.equals("backrest-format"))) {
            throw new IniException("expected backrest-format first, found \"" + shown(key) + "\"");
        }
        digest(current, key, json);
        if (!key.equals("backrest-format") || !isOwn) {
            visitor.visit(current, key, value);
        } else {
            if (value.number() != FORMAT) {
                throw new IniException("expected backrest-format " + FORMAT + ", found " + value.number());
            }
            isFormatKnown = true;
        }
    }

    private void digest(String current, String key, String json) {
        StringBuilder text = new StringBuilder(key.length() + json.length() + 16);
        if (current.equals(sectionOfChecksum)) {
            text.append(',');
        } else {
            text.append(sectionOfChecksum == null ? "{" : "},")
                    .append('"')
                    .append(current)
                    .append("\":{");
            sectionOfChecksum = current;
        }
        JsonValue.quote(key, text);
        text.append(':').append(json);
        sha1.update(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void end() {
        String expected = checksum;
        if (expected == null) {
            throw new IniException("expected backrest-checksum at the end, found the end of the file");
        }
        sha1.update((sectionOfChecksum == null ? "{}" : "}}").getBytes(StandardCharsets.US_ASCII));
        String found = HexFormat.of().formatHex(sha1.digest());
        if (!found.equals(expected)) {
            throw new IniException("expected the checksum " + shown(expected) + ", found " + found);
        }
    }

    static String shown(String text) {
        return VisibleText.of(text, 100);
    }
}
