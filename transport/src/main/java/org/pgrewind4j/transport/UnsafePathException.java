package org.pgrewind4j.transport;

import java.io.Serial;
import java.util.Locale;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * A path that a source named could lead out of the data directory, or to a file whose name cannot be represented. The
 * source is broken, hostile, or holds a file that cannot be copied safely; nothing was written because of it.
 */
public final class UnsafePathException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What the source sent, control characters made visible. */
    private final String path;

    UnsafePathException(String path, String reason) {
        super("unsafe path \"" + visible(path) + "\": " + reason);
        this.path = visible(path);
    }

    /**
     * The path as the source named it.
     *
     * @return the text, control characters replaced by their {@code \}{@code uXXXX} form and at most 200 characters of
     *     it, so that it is safe to print
     */
    public String path() {
        return path;
    }

    /** Keeps terminals and log files safe from what an untrusted source put into a name. */
    static String visible(String text) {
        int end = Math.min(text.length(), 200);
        StringBuilder visible = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || (Character.isSurrogate(c) && !paired(text, i))) {
                visible.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            } else {
                visible.append(c);
            }
        }
        return end == text.length() ? visible.toString() : visible.append("...").toString();
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
