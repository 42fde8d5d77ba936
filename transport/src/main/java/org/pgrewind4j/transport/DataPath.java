package org.pgrewind4j.transport;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.local.DataDirectory;

/**
 * A path relative to a data directory, with {@code /} between names, such as {@code base/13010/1259}. It is the only
 * way in which a name from a source becomes a file: whoever holds one holds a path that does not leave the data
 * directory by its text.
 *
 * <p>What makes a path valid:
 *
 * <ul>
 *   <li>at least one name; no name is empty, {@code .} or {@code ..}; so no slash at either end, and none doubled;
 *   <li>no control character (NUL among them) and no unpaired surrogate;
 *   <li>names of at most 255 bytes and paths of at most 4095 bytes in UTF-8 (Linux: {@code NAME_MAX}, {@code PATH_MAX}
 *       without its terminator).
 * </ul>
 *
 * <p>The text alone cannot tell whether a name on the way is a symbolic link that leads elsewhere: see
 * {@link DataDirectory}, which checks that.
 *
 * <p>Immutable. Paths are ordered by their text, character by character, so that a directory comes before what is in
 * it.
 */
public final class DataPath implements Comparable<DataPath> {

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PATH = 4095;
    private static final String CONTROL_CHARACTER = "control character";
    private static final String LONG_NAME = "a name longer than";
    private static final String LOST_AND_FOUND = "lost+found";

    /** The control file. */
    public static final DataPath CONTROL_FILE = new DataPath("global/pg_control");

    /** The directory that holds one link, or (for in-place tablespaces) one directory, for each tablespace. */
    public static final DataPath TABLESPACES = new DataPath("pg_tblspc");

    private final String text;

    private DataPath(String text) {
        this.text = text;
    }

    /**
     * Takes a path that the caller itself wrote.
     *
     * @param text names with {@code /} between them
     * @return the path
     * @throws IllegalArgumentException if it is not valid
     */
    public static DataPath of(String text) {
        requireNonNull(text, "text");
        String fault = fault(text);
        if (fault != null) {
            throw new IllegalArgumentException(
                    "not a path in a data directory: \"" + VisibleText.of(text) + "\": " + fault);
        }
        return new DataPath(text);
    }

    /**
     * Takes a path that came from elsewhere: a source, a backup, a file.
     *
     * @param text what came
     * @return the path
     * @throws UnsafePathException if it is not valid
     */
    public static DataPath ofUntrusted(String text) {
        String fault = fault(text);
        if (fault != null) {
            throw isOfName(fault)
                    ? new UnsafePathException(text, fault, "rename or remove that file.")
                    : new UnsafePathException(text, fault);
        }
        return new DataPath(text);
    }

    /** Whether a name is one that a file can have, unlike those that only a forged path holds. */
    private static boolean isOfName(String fault) {
        return fault.startsWith(CONTROL_CHARACTER) || fault.startsWith(LONG_NAME);
    }

    /** Says what is wrong with a path; null if nothing is. */
    private static @Nullable String fault(String text) {
        if (isPlain(text)) {
            return null;
        }
        // A longer text cannot be shorter in bytes; checked first, so that a huge one costs nothing.
        if (text.length() > LONGEST_PATH || text.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            return "longer than " + LONGEST_PATH + " bytes";
        }
        if (text.startsWith("/")) {
            return "absolute";
        }
        for (int begin = 0; begin <= text.length(); ) {
            int slash = text.indexOf('/', begin);
            int end = slash < 0 ? text.length() : slash;
            String fault = nameFault(text.substring(begin, end));
            if (fault != null) {
                return fault;
            }
            begin = end + 1;
        }
        return null;
    }

    /**
     * Whether a path is valid at first sight, as nearly all of a data directory's hundreds of thousands are: printable
     * ASCII, so that characters are bytes, and names that do not begin with a dot.
     */
    private static boolean isPlain(String text) {
        if (text.length() > LONGEST_PATH) {
            return false;
        }
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/') {
                if (i == begin) {
                    return false;
                }
                begin = i + 1;
            } else if (c < ' ' || c > '~' || (c == '.' && i == begin) || i - begin == LONGEST_NAME) {
                return false;
            }
        }
        return begin < text.length();
    }

    private static @Nullable String nameFault(String name) {
        if (name.isEmpty()) {
            return "empty name";
        }
        if (name.equals(".") || name.equals("..")) {
            return "\"" + name + "\" as a name";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c)) {
                return String.format(Locale.ROOT, CONTROL_CHARACTER + " %#04x in a name", (int) c);
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == name.length()
                        || !Character.isLowSurrogate(name.charAt(i + 1))) {
                    return "unpaired surrogate in a name";
                }
                i++;
            }
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            return LONG_NAME + " " + LONGEST_NAME + " bytes";
        }
        return null;
    }

    /**
     * The last name.
     *
     * @return {@code 1259} of {@code base/13010/1259}
     */
    public String fileName() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    /**
     * The directory that holds this file.
     *
     * @return {@code base/13010} of {@code base/13010/1259}; empty if that is the data directory itself
     */
    public Optional<DataPath> parent() {
        int slash = text.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(new DataPath(text.substring(0, slash)));
    }

    /**
     * Goes down from a directory.
     *
     * @param below a path relative to this one, written by the caller
     * @return this path, a slash, and that one
     * @throws IllegalArgumentException if the result is not valid
     */
    public DataPath resolve(String below) {
        return of(text + "/" + below);
    }

    /**
     * Whether this is a given path or lies below it. Whole names are compared: {@code base/13010} does not start with
     * {@code base/1}.
     *
     * @param directory the path that may be the beginning of this one
     * @return true if it is
     */
    public boolean startsWith(DataPath directory) {
        String prefix = directory.text;
        return text.startsWith(prefix) && (text.length() == prefix.length() || text.charAt(prefix.length()) == '/');
    }

    /**
     * Whether this is where a tablespace is linked in: {@code pg_tblspc/} and one name.
     *
     * @return true if it is
     */
    public boolean isTablespace() {
        return text.startsWith("pg_tblspc/") && text.indexOf('/', "pg_tblspc/".length()) < 0;
    }

    /**
     * Whether this can be PostgreSQL's by where it is and what it is called. Two kinds of paths are not, and belong to
     * somebody else: {@code lost+found}, which a file system makes at its root, for root alone to read; and what lies in
     * a tablespace's directory beside the directories whose names begin with {@code PG_}, one for each release that uses
     * the location (PostgreSQL: {@code src/common/relpath.c}, {@code TABLESPACE_VERSION_DIRECTORY}).
     *
     * @return false for what is neither listed nor touched
     */
    public boolean isOfCluster() {
        // Nearly all paths are at once seen to be, and there are many.
        if (text.startsWith("pg_tblspc/")) {
            int name = text.indexOf('/', "pg_tblspc/".length()) + 1;
            if (name > 0 && !text.startsWith("PG_", name)) {
                return false;
            }
        }
        return !text.contains(LOST_AND_FOUND) || ("/" + text + "/").indexOf("/" + LOST_AND_FOUND + "/") < 0;
    }

    /**
     * Whether this is the directory of the WAL, which may be a symbolic link: {@code pg_wal}, up to 9.6 {@code pg_xlog}.
     *
     * @return true if it is
     */
    public boolean isWalDirectory() {
        return text.equals("pg_wal") || text.equals("pg_xlog");
    }

    /**
     * Names this file in a data directory, by the text alone and without looking at the file system.
     *
     * @param dataDirectory the data directory
     * @return the file's path below it
     * @throws UnsafePathException if the file system reads the text as a path with other names, or cannot represent it:
     *     with a backslash on Windows, or with a character that the platform's file name encoding lacks
     */
    public Path in(Path dataDirectory) {
        Path relative;
        try {
            relative = dataDirectory.getFileSystem().getPath(text);
        } catch (InvalidPathException e) {
            throw UnsafePathException.undecoded(text);
        }
        String separator = dataDirectory.getFileSystem().getSeparator();
        if (relative.isAbsolute()
                || !relative.toString().replace(separator, "/").equals(text)) {
            throw new UnsafePathException(text, "this platform reads it as \"" + relative + "\"");
        }
        return dataDirectory.resolve(relative);
    }

    @Override
    public int compareTo(DataPath other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataPath path && text.equals(path.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Prints the names with {@code /} between them. */
    @Override
    public String toString() {
        return text;
    }
}
