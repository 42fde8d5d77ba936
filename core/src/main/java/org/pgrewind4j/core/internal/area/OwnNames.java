package org.pgrewind4j.core.internal.area;

import org.pgrewind4j.core.archive.RestoredWal;
import org.pgrewind4j.transport.DataPath;

/**
 * What this library puts into a data directory, or into a directory that a link of it leads to, while it works there.
 * PostgreSQL looks at none of it; no listing names it, so that nothing of it is ever copied or removed with the rest.
 */
public final class OwnNames {

    /** See {@link StagingArea}. */
    public static final String STAGING = "pgrewind4j.staging";

    /** See {@link TargetLock}. */
    public static final String LOCK_FILE = "pgrewind4j.lock";

    /** See {@link RestoredWal}. */
    public static final String RESTORED = "pgrewind4j.restored";

    /** All of them hold this. */
    private static final String ALL = "pgrewind4j.";

    private OwnNames() {}

    public static boolean contain(DataPath path) {
        String text = path.toString();
        // Nearly all paths are of others, and there are many.
        return text.contains(ALL)
                && (text.equals(LOCK_FILE)
                        || isIn(RESTORED, text)
                        || isIn(STAGING, text)
                        || text.contains("/" + STAGING));
    }

    private static boolean isIn(String directory, String path) {
        return path.equals(directory) || path.startsWith(directory + "/");
    }
}
