package org.pgrewind4j.transport.libpq;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgrewind4j.transport.UnsafePathException;

/**
 * Reads the two forms of libpq connection strings into keywords and values (PostgreSQL 18: manual, "Connection Strings"):
 * {@code host=a port=5432 user='x y'} and {@code postgresql://user:password@a:5432/dbname?sslmode=require}.
 */
public final class LibpqString {

    private final String text;
    private int position;

    private LibpqString(String text) {
        this.text = text;
    }

    /**
     * Reads either form.
     *
     * @throws IllegalArgumentException if it is neither; the message does not repeat values, which may be secrets
     */
    public static Map<LibpqOption, String> parse(String text) {
        for (String scheme : List.of("postgresql://", "postgres://")) {
            if (text.startsWith(scheme)) {
                return parseUri(text.substring(scheme.length()));
            }
        }
        return new LibpqString(text).parsePairs();
    }

    private Map<LibpqOption, String> parsePairs() {
        Map<LibpqOption, String> values = new LinkedHashMap<>();
        for (skipBlanks(); position < text.length(); skipBlanks()) {
            int begin = position;
            while (position < text.length() && text.charAt(position) != '=' && !isBlank(text.charAt(position))) {
                position++;
            }
            String keyword = text.substring(begin, position);
            skipBlanks();
            if (position == text.length() || text.charAt(position) != '=') {
                throw new IllegalArgumentException(
                        "connection string: expected \"=\" after \"" + UnsafePathException.visible(keyword) + "\"");
            }
            position++;
            skipBlanks();
            put(values, keyword, value(keyword));
        }
        return values;
    }

    private String value(String keyword) {
        boolean quoted = position < text.length() && text.charAt(position) == '\'';
        if (quoted) {
            position++;
        }
        StringBuilder value = new StringBuilder();
        while (position < text.length()) {
            char c = text.charAt(position);
            if (quoted ? c == '\'' : isBlank(c)) {
                break;
            }
            position++;
            if (c == '\\' && position < text.length()) {
                c = text.charAt(position++);
            }
            value.append(c);
        }
        if (quoted && position++ == text.length()) {
            throw new IllegalArgumentException(
                    "connection string: the quoted value of \"" + keyword + "\" has no closing quote");
        }
        return value.toString();
    }

    private void skipBlanks() {
        while (position < text.length() && isBlank(text.charAt(position))) {
            position++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static Map<LibpqOption, String> parseUri(String rest) {
        Map<LibpqOption, String> values = new LinkedHashMap<>();
        int question = rest.indexOf('?');
        String parameters = question < 0 ? "" : rest.substring(question + 1);
        String location = question < 0 ? rest : rest.substring(0, question);
        int slash = location.indexOf('/');
        if (slash >= 0) {
            putIfGiven(values, LibpqOption.DBNAME, decode(location.substring(slash + 1)));
            location = location.substring(0, slash);
        }
        int at = location.lastIndexOf('@');
        if (at >= 0) {
            String user = location.substring(0, at);
            int colon = user.indexOf(':');
            putIfGiven(values, LibpqOption.USER, decode(colon < 0 ? user : user.substring(0, colon)));
            putIfGiven(values, LibpqOption.PASSWORD, colon < 0 ? "" : decode(user.substring(colon + 1)));
            location = location.substring(at + 1);
        }
        parseHosts(values, location);
        for (String parameter : parameters.isEmpty() ? List.<String>of() : List.of(parameters.split("&", -1))) {
            int equals = parameter.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("connection string: a parameter without \"=\" behind \"?\"");
            }
            putParameter(values, decode(parameter.substring(0, equals)), decode(parameter.substring(equals + 1)));
        }
        return values;
    }

    private static void putParameter(Map<LibpqOption, String> values, String keyword, String value) {
        // An old habit of JDBC URLs that libpq takes over.
        if (keyword.equals("ssl") && value.equals("true")) {
            put(values, "sslmode", "require");
        } else {
            put(values, keyword, value);
        }
    }

    private static void parseHosts(Map<LibpqOption, String> values, String location) {
        List<String> hosts = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (String host : location.split(",", -1)) {
            int bracket = host.startsWith("[") ? host.indexOf(']') : -1;
            if (host.startsWith("[") && bracket < 0) {
                throw new IllegalArgumentException("connection string: an IPv6 address without closing bracket");
            }
            int colon = host.indexOf(':', Math.max(bracket, 0));
            hosts.add(decode(bracket > 0 ? host.substring(1, bracket) : colon < 0 ? host : host.substring(0, colon)));
            ports.add(colon < 0 ? "" : decode(host.substring(colon + 1)));
        }
        putIfGiven(values, LibpqOption.HOST, String.join(",", hosts));
        if (ports.stream().anyMatch(port -> !port.isEmpty())) {
            values.put(LibpqOption.PORT, String.join(",", ports));
        }
    }

    private static String decode(String text) {
        try {
            // A plus sign stands for itself here, unlike in web forms.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("connection string: a percent sign without two hexadecimal digits", e);
        }
    }

    private static void putIfGiven(Map<LibpqOption, String> values, LibpqOption option, String value) {
        if (!value.isEmpty()) {
            values.put(option, value);
        }
    }

    /** Writes a value as {@link #parse} reads it back. */
    public static String quote(String value) {
        return value.matches("[A-Za-z0-9_./:,+-]+")
                ? value
                : "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** Adds a pair that a string or a service file names; an empty value is as none. */
    static void put(Map<LibpqOption, String> values, String keyword, String value) {
        LibpqOption option = LibpqOption.of(keyword)
                .orElseThrow(() -> new IllegalArgumentException(
                        "invalid connection option \"" + UnsafePathException.visible(keyword) + "\""));
        if (value.isEmpty()) {
            values.remove(option);
        } else {
            values.put(option, value);
        }
    }
}
