package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a source may place a tablespace that the target does not have yet. A tablespace's location is an absolute path of
 * the source's choice, so that it could name any directory in which the caller may write; none is used without the caller's
 * word. {@link Rewind#mapTablespace} is such a word for one location, a policy is one for many.
 */
@FunctionalInterface
public interface TablespacePolicy {

    /**
     * Whether a new tablespace may lie at a location.
     *
     * @param location the absolute directory, free of {@code .} and {@code ..}; it need not exist
     * @return true if it may
     * @throws IOException if it cannot be told
     */
    boolean permits(Path location) throws IOException;

    /**
     * Permits no location: each new tablespace must be mapped.
     *
     * @return the policy, which is the default
     */
    static TablespacePolicy none() {
        return location -> false;
    }

    /**
     * Permits what lies below given directories, such as the mount points that are meant for tablespaces. Links on the way
     * are followed before it is decided, so that none leads out of them.
     *
     * @param roots directories
     * @return the policy
     */
    static TablespacePolicy below(Path... roots) {
        List<Path> absolute = List.of(roots).stream()
                .map(root -> root.toAbsolutePath().normalize())
                .toList();
        return location -> {
            for (Path root : absolute) {
                if (isBelow(root, location)) {
                    return true;
                }
            }
            return false;
        };
    }

    /**
     * Permits every location. For sources that the caller trusts to choose directories on this machine.
     *
     * @return the policy
     */
    static TablespacePolicy anywhere() {
        return location -> true;
    }

    private static boolean isBelow(Path root, Path location) throws IOException {
        if (!location.startsWith(root) || location.equals(root) || !Files.isDirectory(root)) {
            return false;
        }
        Path existing = location;
        for (Path parent = location; parent != null; parent = Files.exists(existing) ? null : parent.getParent()) {
            existing = parent;
        }
        return existing.toRealPath().startsWith(root.toRealPath());
    }
}
