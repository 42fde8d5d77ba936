package org.pgrewind4j.core.internal.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object (RFC 8259). Its members have a line each; what an array holds is written in one line for each
 * element, so that long lists stay readable.
 */
public final class JsonWriter {

    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();

    /** The characters that end what was begun, the innermost first. */
    private final Deque<Character> open = new ArrayDeque<>();

    /** How much was begun when an element of an array was: up to its end all is written in one line. */
    private int inlineFrom = Integer.MAX_VALUE;

    private boolean isFirst = true;

    public JsonWriter() {
        begin('{', '}');
    }

    public JsonWriter member(String name, @Nullable String value) {
        name(name).text.append(value == null ? "null" : quoted(value));
        return this;
    }

    public JsonWriter member(String name, Enum<?> value) {
        return member(name, value.name());
    }

    public JsonWriter member(String name, Optional<?> value) {
        return member(name, value.map(Object::toString).orElse(null));
    }

    /** A number or a truth value, as it is printed. */
    public JsonWriter literal(String name, Object value) {
        name(name).text.append(value);
        return this;
    }

    public JsonWriter beginObject(String name) {
        return name(name).begin('{', '}');
    }

    public JsonWriter beginArray(String name) {
        return name(name).begin('[', ']');
    }

    /** Begins an object that is an element of an array. */
    public JsonWriter beginElement() {
        return element().begin('{', '}');
    }

    public JsonWriter value(String value) {
        element().text.append(quoted(value));
        return this;
    }

    /** An array of two numbers that is an element of an array. */
    JsonWriter pair(long first, long second) {
        element().text.append('[').append(first).append(", ").append(second).append(']');
        return this;
    }

    /** Ends the object or array that was begun last. */
    public JsonWriter end() {
        char end = open.pop();
        if (!isFirst && open.size() + 1 < inlineFrom) {
            newLine();
        }
        isFirst = false;
        if (open.size() < inlineFrom) {
            inlineFrom = Integer.MAX_VALUE;
        }
        text.append(end);
        return this;
    }

    /** Ends all, and gives the text. */
    public String finish() {
        while (!open.isEmpty()) {
            end();
        }
        return text.append('\n').toString();
    }

    private JsonWriter begin(char begin, char end) {
        text.append(begin);
        open.push(end);
        isFirst = true;
        return this;
    }

    private JsonWriter name(String name) {
        separate();
        text.append(quoted(name)).append(": ");
        return this;
    }

    private JsonWriter element() {
        separate();
        inlineFrom = Math.min(inlineFrom, open.size() + 1);
        return this;
    }

    private void separate() {
        if (!isFirst) {
            text.append(',');
        }
        if (open.size() < inlineFrom) {
            newLine();
        } else if (!isFirst) {
            text.append(' ');
        }
        isFirst = false;
    }

    private void newLine() {
        text.append('\n').append(INDENT.repeat(open.size()));
    }

    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // Half of a pair has no form in UTF-8.
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
