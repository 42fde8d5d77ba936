package org.pgrewind4j.wal;

import java.io.Serial;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pgrewind4j.timeline.PgRewindException;

/** A file was written by a release of PostgreSQL, or on a machine, that the library does not know. */
public final class UnsupportedVersionException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String SWAPPED_HINT = "the bytes are in the reverse order: the cluster was written on a"
            + " big-endian machine; only clusters of little-endian machines are supported";

    private static final String OTHER_HINT = "only the releases listed are supported, no pre-releases or forks;"
            + " for a newer release use a newer pgrewind4j";

    /** The kind of file. */
    private final String what;

    /** What was expected and found, with its hint. */
    private final String detail;

    private UnsupportedVersionException(String what, String place, String detail) {
        super("unsupported " + what + place + ": " + detail);
        this.what = what;
        this.detail = detail;
    }

    private static UnsupportedVersionException of(String what, String detail, String hint) {
        return new UnsupportedVersionException(what, "", withHint(detail, hint));
    }

    /**
     * The same error, once it is known whose file it is.
     *
     * @param place where the file lies, in words
     * @return an error whose message names the place, and whose cause is this one
     */
    public UnsupportedVersionException of(String place) {
        UnsupportedVersionException placed = new UnsupportedVersionException(what, " of " + place, detail);
        placed.initCause(this);
        return placed;
    }

    /**
     * A control file of another release.
     *
     * @param controlVersion the version of its form
     * @param catalogVersion the version of the catalog, unsigned
     * @return the error
     */
    public static UnsupportedVersionException controlFile(int controlVersion, int catalogVersion) {
        return of(
                "control file",
                "expected control and catalog version "
                        + supported(row -> row.controlVersion() + " and " + row.catalogVersion())
                        + "; found " + Integer.toUnsignedString(controlVersion) + " and "
                        + Integer.toUnsignedString(catalogVersion),
                isSwappedControlVersion(controlVersion) ? SWAPPED_HINT : OTHER_HINT);
    }

    /**
     * A WAL page of another release.
     *
     * @param magic the number that the page begins with
     * @return the error
     */
    public static UnsupportedVersionException walPage(int magic) {
        int swapped = Short.toUnsignedInt(Short.reverseBytes((short) magic));
        boolean isSwapped =
                Arrays.stream(PostgresVersion.values()).anyMatch(version -> version.walPageMagic() == swapped);
        return of(
                "WAL page",
                "expected magic number " + supported(row -> hex(row.walPageMagic())) + "; found " + hex(magic),
                isSwapped ? SWAPPED_HINT : OTHER_HINT);
    }

    /** Control versions are small: one whose low half only is zero can only be a small number read backwards. */
    private static boolean isSwappedControlVersion(int controlVersion) {
        return controlVersion != 0 && (controlVersion & 0xFFFF) == 0;
    }

    private static String supported(Function<PostgresVersion, String> numbers) {
        return Arrays.stream(PostgresVersion.values())
                .map(version -> numbers.apply(version) + " (" + version.release() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String hex(int magic) {
        return String.format(Locale.ROOT, "%04X", magic);
    }
}
