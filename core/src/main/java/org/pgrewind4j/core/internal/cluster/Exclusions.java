package org.pgrewind4j.core.internal.cluster;

import com.google.common.collect.ImmutableSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.transport.DataPath;

/**
 * Which paths are never copied: what a server re-creates when it starts, and what belongs to one server alone
 * (PostgreSQL: {@code src/bin/pg_rewind/filemap.c}, {@code excludeDirContents} and {@code excludeFiles}). On the target
 * such paths are removed, for they describe the state that is being abandoned.
 */
public final class Exclusions {

    /** Directories whose contents are re-created at each start. */
    private static final ImmutableSet<String> CONTENTS = ImmutableSet.of(
            "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");

    private static final ImmutableSet<String> FILES = ImmutableSet.of(
            "backup_label",
            "backup_manifest",
            "current_logfiles.tmp",
            "postgresql.auto.conf.tmp",
            "postmaster.opts",
            "postmaster.pid",
            "tablespace_map");

    /** The relation cache; in-progress versions of it carry a process id behind the name. */
    private static final String RELATION_CACHE = "pg_internal.init";

    private static final String TEMPORARY = "pgsql_tmp";

    private static final String STREWN = ".DS_Store";

    private Exclusions() {}

    /** Paths that are neither copied nor removed: this library's own, and what one desktop system strews about. */
    public static boolean isForeign(DataPath path) {
        if (!path.isOfCluster()) {
            return true;
        }
        return OwnNames.contain(path)
                || (path.toString().endsWith(STREWN) && path.fileName().equals(STREWN));
    }

    /** Directories that need not be listed on the source, because nothing below them is copied. */
    public static Set<DataPath> closedOnSource() {
        return CONTENTS.stream().map(DataPath::of).collect(Collectors.toUnmodifiableSet());
    }

    public static boolean isExcluded(DataPath path) {
        String text = path.toString();
        int slash = text.indexOf('/');
        if (slash > 0 && CONTENTS.contains(text.substring(0, slash))) {
            return true;
        }
        String name = path.fileName();
        return FILES.contains(name)
                || name.startsWith(RELATION_CACHE)
                || text.startsWith(TEMPORARY)
                || text.contains("/" + TEMPORARY)
                || isTemporaryRelation(text, name);
    }

    /** {@code t<backend>_<relfilenumber>} in a database's directory: gone when the server starts. */
    private static boolean isTemporaryRelation(String path, String name) {
        if (!path.startsWith("base/") && !path.startsWith("pg_tblspc/")) {
            return false;
        }
        int underscore = name.indexOf('_');
        return name.startsWith("t")
                && underscore > 1
                && underscore + 1 < name.length()
                && isDigit(name.charAt(1))
                && isDigit(name.charAt(underscore - 1))
                && isDigit(name.charAt(underscore + 1));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
