package org.pgrewind4j.core.internal.config;

import com.google.common.base.Splitter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lines of PostgreSQL's configuration files (PostgreSQL 18: {@code src/backend/utils/misc/guc-file.l}; manual, "Setting
 * Parameters"), also of {@code recovery.conf}.
 *
 * <pre>
 * line   = blanks [ name blanks [ "=" ] blanks value ] blanks [ "#" comment ]
 * value  = "'" { character | "''" | "\" escape } "'" | word
 * escape = "b" | "f" | "n" | "r" | "t" | octal digits, up to three | character, which stands for itself
 * </pre>
 *
 * <p>A file can be in any encoding, so it is handled as characters of one byte each; values become bytes in UTF-8.
 */
public final class ConfigurationText {

    private ConfigurationText() {}

    /**
     * One setting or directive.
     *
     * @param name its name in lower case: names do not differ by case
     * @param value its value, without quotes
     */
    public record Setting(String name, String value) {}

    /** What a line sets; empty for a blank line, a comment, and one that the server would not understand. */
    public static Optional<Setting> parse(String line) {
        int begin = skipBlanks(line, 0);
        int end = begin;
        while (end < line.length() && isOfName(line.charAt(end), end == begin)) {
            end++;
        }
        int next = skipBlanks(line, end);
        if (next < line.length() && line.charAt(next) == '=') {
            next = skipBlanks(line, next + 1);
        }
        if (end == begin || next == line.length() || line.charAt(next) == '#') {
            return Optional.empty();
        }
        String name = line.substring(begin, end).toLowerCase(Locale.ROOT);
        StringBuilder value = new StringBuilder();
        int after = line.charAt(next) == '\'' ? quoted(line, next, value) : word(line, next, value);
        return after < 0 || !isRestIgnored(line, after)
                ? Optional.empty()
                : Optional.of(new Setting(name, decoded(value.toString())));
    }

    private static boolean isRestIgnored(String line, int from) {
        int rest = skipBlanks(line, from);
        return rest == line.length() || line.charAt(rest) == '#';
    }

    /** The lines of a file, without their ends; a carriage return before one is a blank. */
    public static List<String> lines(byte[] file) {
        List<String> lines =
                new ArrayList<>(Splitter.on('\n').splitToList(new String(file, StandardCharsets.ISO_8859_1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private static boolean isOfName(char c, boolean first) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        return letter || (!first && (c == '.' || (c >= '0' && c <= '9')));
    }

    private static int skipBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    private static int word(String line, int from, StringBuilder value) {
        int at = from;
        while (at < line.length() && (isOfName(line.charAt(at), false) || "+-:/".indexOf(line.charAt(at)) >= 0)) {
            value.append(line.charAt(at++));
        }
        return at == from ? -1 : at;
    }

    /** Reads a quoted value; returns the position behind its closing quote, or -1 if there is none. */
    private static int quoted(String line, int from, StringBuilder value) {
        int at = from + 1;
        while (at < line.length()) {
            char c = line.charAt(at++);
            char next = at < line.length() ? line.charAt(at) : '\0';
            if (c == '\'' && next != '\'') {
                return at;
            }
            if (c == '\\' && isOctal(next)) {
                int end = at;
                while (end < line.length() && end < at + 3 && isOctal(line.charAt(end))) {
                    end++;
                }
                value.append((char) (Integer.parseInt(line.substring(at, end), 8) & 0xFF));
                at = end;
            } else if (c == '\\' && at < line.length()) {
                value.append(escaped(next));
                at++;
            } else {
                value.append(c);
                // Two quotes stand for one.
                at += c == '\'' ? 1 : 0;
            }
        }
        return -1;
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }

    private static String decoded(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /**
     * Sets some settings in a file and leaves all its other lines as they are. Lines that set one of them already are
     * left out, so that no later reader wonders which of two counts.
     *
     * @param file the file's content
     * @param settings values by name
     * @return the new content
     */
    public static byte[] set(byte[] file, Map<String, String> settings) {
        StringBuilder text = new StringBuilder(without(settings.keySet(), file));
        settings.forEach((name, value) -> text.append(line(name, value)));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The line that sets one, as characters of one byte each. */
    public static String line(String name, String value) {
        return name + " = " + quote(value) + "\n";
    }

    /** A file without the lines that set some names. */
    static byte[] without(byte[] file, Set<String> names) {
        return without(names, file).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String without(Set<String> names, byte[] file) {
        StringBuilder text = new StringBuilder();
        for (String line : lines(file)) {
            if (parse(line).filter(setting -> names.contains(setting.name())).isEmpty()) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    /** A line's end would end the value too, so it is written as an escape; other characters can stand for themselves. */
    private static String quote(String value) {
        String bytes = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return "'"
                + bytes.replace("\\", "\\\\")
                        .replace("'", "''")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + "'";
    }
}
