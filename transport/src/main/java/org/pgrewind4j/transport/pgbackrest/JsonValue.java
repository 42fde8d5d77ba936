package org.pgrewind4j.transport.pgbackrest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value of JSON, small enough to be held. Asking for what it is not is an {@link IniException} that says what was expected
 * and found.
 *
 * @param content a {@link String}, {@link BigInteger}, {@link Boolean}, a {@link List} or a {@link Map} of such, or null
 */
record JsonValue(@Nullable Object content) {

    private static final int DEEPEST = 16;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // pgBackRest escapes but a few of them.
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(30)
                    .build())
            .build();

    /** Reads a text; null if it is not one value of JSON and nothing else. */
    static @Nullable JsonValue parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            JsonValue value = new JsonValue(read(parser, first));
            return parser.nextToken() == null ? value : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable Object read(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> members(parser);
            case START_ARRAY -> elements(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + token);
        };
    }

    private static Map<String, JsonValue> members(JsonParser parser) throws IOException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            members.put(name, new JsonValue(read(parser, parser.nextToken())));
        }
        return members;
    }

    private static List<JsonValue> elements(JsonParser parser) throws IOException {
        List<JsonValue> elements = new ArrayList<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            elements.add(new JsonValue(read(parser, next)));
        }
        return elements;
    }

    /** Appends a string as pgBackRest writes it (pgBackRest: {@code src/common/type/json.c}, {@code jsonWriteStrInternal}). */
    static void quote(String text, StringBuilder target) {
        target.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> target.append("\\\"");
                case '\\' -> target.append("\\\\");
                case '\n' -> target.append("\\n");
                case '\r' -> target.append("\\r");
                case '\t' -> target.append("\\t");
                case '\b' -> target.append("\\b");
                case '\f' -> target.append("\\f");
                default -> target.append(c);
            }
        }
        target.append('"');
    }

    String string() {
        if (content instanceof String text) {
            return text;
        }
        throw expected("a string");
    }

    /** A number from 0 on. */
    long number() {
        BigInteger value = integer();
        if (value.signum() >= 0 && value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        throw expected("a number from 0 to " + Long.MAX_VALUE);
    }

    /** A number of 64 bits without a sign. */
    long unsigned() {
        BigInteger value = integer();
        if (value.signum() >= 0 && value.bitLength() <= Long.SIZE) {
            return value.longValue();
        }
        throw expected("an unsigned number of 64 bits");
    }

    /** A number from 0 on that is not greater than another one. */
    int number(int greatest) {
        long value = number();
        if (value > greatest) {
            throw expected("a number from 0 to " + greatest);
        }
        return (int) value;
    }

    private BigInteger integer() {
        if (content instanceof BigInteger number) {
            return number;
        }
        throw expected("a number");
    }

    boolean bool() {
        if (content instanceof Boolean value) {
            return value;
        }
        throw expected("true or false");
    }

    boolean isFalse() {
        return Boolean.FALSE.equals(content);
    }

    @SuppressWarnings("unchecked")
    List<JsonValue> list() {
        if (content instanceof List<?> list) {
            return (List<JsonValue>) list;
        }
        throw expected("a list");
    }

    @SuppressWarnings("unchecked")
    private Map<String, JsonValue> members() {
        if (content instanceof Map<?, ?> map) {
            return (Map<String, JsonValue>) map;
        }
        throw expected("an object");
    }

    /** The names of all members. */
    Set<String> names() {
        return members().keySet();
    }

    /** A member that may be missing. */
    Optional<JsonValue> find(String name) {
        return Optional.ofNullable(members().get(name));
    }

    JsonValue member(String name) {
        return find(name).orElseThrow(() -> new IniException("expected a member \"" + name + "\", found none"));
    }

    boolean flag(String name) {
        return find(name).map(JsonValue::bool).orElse(false);
    }

    private IniException expected(String what) {
        return new IniException("expected " + what + ", found " + IniReader.shown(String.valueOf(content)));
    }
}
