package org.pgrewind4j.transport.live;

import java.util.Collection;

/**
 * Values within SQL text. {@code COPY} takes no parameters, so they are written as literals; the escape form does not
 * depend on the server's {@code standard_conforming_strings}.
 */
final class SqlLiteral {

    private SqlLiteral() {}

    /** A text: {@code E'...'} with quotes and backslashes doubled. */
    static String text(String value) {
        StringBuilder literal = new StringBuilder(value.length() + 8).append("E'");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\0') {
                throw new IllegalArgumentException("text for PostgreSQL with a NUL character");
            }
            if (c == '\'' || c == '\\') {
                literal.append(c);
            }
            literal.append(c);
        }
        return literal.append('\'').toString();
    }

    /** An array of texts, {@code ARRAY[...]::text[]}; may be empty. */
    static String texts(Collection<?> values) {
        StringBuilder literal = new StringBuilder("ARRAY[");
        String separator = "";
        for (Object value : values) {
            literal.append(separator).append(text(value.toString()));
            separator = ",";
        }
        return literal.append("]::pg_catalog.text[]").toString();
    }

    /** An array of numbers, {@code '{...}'::int8[]}, which the server reads faster than an ARRAY expression. */
    static String numbers(long[] values) {
        StringBuilder literal = new StringBuilder(values.length * 8 + 20).append("'{");
        for (int i = 0; i < values.length; i++) {
            literal.append(i == 0 ? "" : ",").append(values[i]);
        }
        return literal.append("}'::pg_catalog.int8[]").toString();
    }
}
