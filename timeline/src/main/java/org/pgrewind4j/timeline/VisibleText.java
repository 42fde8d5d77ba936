package org.pgrewind4j.timeline;

import java.util.Locale;

/**
 * Text of others, made harmless for terminals and logs. A server's errors, settings and names are whatever its owner wants
 * them to be: with a line break they pretend to be a line of their own, with an escape sequence they command the terminal of
 * whoever reads the log, with a change of direction they look like another text.
 *
 * <p>It happens in two places, which are enough: a text that came from elsewhere passes {@link #of} before it becomes a part of
 * a message, and so stays within its line; every message of the library's errors and problems passes {@link #ofLines},
 * whatever it is made of, and keeps no control character but the line breaks that the library put there. Where nothing is to
 * be replaced the text itself is returned.
 */
public final class VisibleText {

    /** More than any text that is meant to be read. */
    private static final int LONGEST = 4_000;

    private VisibleText() {}

    /**
     * Makes a foreign text a part of one line.
     *
     * @param foreign text that came from elsewhere
     * @return the text with control characters, line breaks, invisible characters and unpaired surrogates replaced by their
     *     {@code \}{@code uXXXX} form, and at most 4000 characters of it
     */
    public static String of(String foreign) {
        return of(foreign, LONGEST);
    }

    /**
     * Makes a foreign text a part of one line.
     *
     * @param foreign text that came from elsewhere
     * @param longest so many of its characters at most
     * @return as {@link #of(String)}
     */
    public static String of(String foreign, int longest) {
        return foreign.length() <= longest
                ? visible(foreign, "\t")
                : visible(foreign.substring(0, longest), "\t") + "...";
    }

    /**
     * Makes a whole message harmless.
     *
     * @param message lines of text
     * @return the message, with all but its line breaks and tabs replaced as {@link #of} does
     */
    public static String ofLines(String message) {
        return visible(message, "\n\t");
    }

    private static String visible(String text, String kept) {
        StringBuilder visible = null;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (!isHarmless(c) && kept.indexOf(c) < 0) {
                visible = visible == null ? new StringBuilder(text.substring(0, i)) : visible;
                text.substring(i, next)
                        .chars()
                        .mapToObj(unit -> String.format(Locale.ROOT, "\\u%04X", unit))
                        .forEach(visible::append);
            } else if (visible != null) {
                visible.appendCodePoint(c);
            }
            i = next;
        }
        return visible == null ? text : visible.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
