package org.pgrewind4j.transport;

import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.VisibleText;

/**
 * A path that a source named could lead out of the data directory, or to a file whose name cannot be represented. The
 * source is broken, hostile, or holds a file that cannot be copied safely; nothing was written because of it.
 */
public final class UnsafePathException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Characters of a path that a message shows. */
    private static final int SHOWN = 200;

    /** What the source sent, control characters made visible. */
    private final String path;

    /**
     * Creates the error.
     *
     * @param path the path as the source named it
     * @param reason why it is not followed
     */
    public UnsafePathException(String path, String reason) {
        super("unsafe path \"" + visible(path) + "\": " + reason);
        this.path = visible(path);
    }

    /**
     * Creates the error.
     *
     * @param path the path as the source named it
     * @param reason why it is not followed
     * @param cure what can be done about it
     */
    public UnsafePathException(String path, String reason, String cure) {
        this(path, PgRewindException.withHint(reason, cure));
    }

    /**
     * A name that is not text as this JVM reads names: it is bytes to the file system, in no encoding.
     *
     * @param path the path as the JVM read it
     * @return the error, with what to do about the encoding
     */
    public static UnsafePathException undecoded(String path) {
        String encoding = System.getProperty("sun.jnu.encoding", "");
        return new UnsafePathException(
                path,
                "not text in this JVM's encoding of file names, "
                        + (encoding.isEmpty() ? "which is unknown" : encoding),
                encoding.equals("UTF-8")
                        ? "rename or remove that file."
                        : "start the JVM in a UTF-8 locale, as with LC_ALL=C.UTF-8.");
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

    /**
     * Keeps terminals and log files safe from what an untrusted source put into a name.
     *
     * @param text any text
     * @return the text, what is not printable replaced by its {@code \}{@code uXXXX} form and at most 200 characters of it
     */
    public static String visible(String text) {
        return VisibleText.of(text, SHOWN);
    }
}
