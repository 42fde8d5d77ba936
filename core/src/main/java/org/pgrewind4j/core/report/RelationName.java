package org.pgrewind4j.core.report;

import java.util.Locale;
import java.util.Optional;

/**
 * What users call a relation. A convenience: it is read without the server's rules of visibility.
 *
 * @param schema the schema, or its number if that is all that is known
 * @param name the relation's own name
 * @param kind what it is
 * @param toastOf the table whose long values it holds, as {@code schema.name}; empty if it is no such relation
 * @param basis what the name was taken from
 */
public record RelationName(String schema, String name, Kind kind, Optional<String> toastOf, Basis basis) {

    /** What a relation is ({@code pg_class.relkind}). */
    public enum Kind {
        /** A table. */
        TABLE('r'),
        /** An index. */
        INDEX('i'),
        /** A sequence. */
        SEQUENCE('S'),
        /** What holds a table's long values. */
        TOAST('t'),
        /** A materialized view. */
        MATERIALIZED_VIEW('m'),
        /** Anything else. */
        OTHER(' ');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        /**
         * Finds a kind.
         *
         * @param letter as {@code pg_class} has it
         * @return the kind; {@link #OTHER} for a letter that stands for none of the others
         */
        public static Kind of(int letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            return OTHER;
        }

        /**
         * The kind in words.
         *
         * @return such as {@code materialized view}
         */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What a name was taken from. */
    public enum Basis {
        /** The row of {@code pg_class} that seems to be in force. */
        CATALOG,
        /** A row that was in force before: the relation was dropped or got other files since. */
        EARLIER_ROW,
        /** The number alone, which a system catalog has unless it was rewritten. */
        NUMBER,
        /** The caller. */
        CALLER
    }

    /** Prints {@code schema.name}, and for a toast relation the table that it belongs to. */
    @Override
    public String toString() {
        return toastOf.map(table -> "toast of " + table).orElse(schema + "." + name);
    }
}
