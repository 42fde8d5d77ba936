package org.pgrewind4j.core.internal.rewind;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;

/**
 * Links that lead out of a data directory, such as to a folder of logs, a certificate, or {@code pg_stat_tmp} in
 * memory. Each side has laid them out as its machine needs it, so what the target has there stays, with all that lies
 * below.
 *
 * <p>That is safe where nothing of the database lies. Where PostgreSQL keeps its data a link is none of ours to follow,
 * and the sides would differ behind it unseen: such a path is not kept, and refused by {@link FileDecisions}. It is
 * also refused where only the source has something that is a link: it cannot be copied, and the server may need it. A
 * live source shows links as what they lead to, so that it is the target's link alone that tells.
 */
final class KeptLinks {

    /**
     * First names below which all is data, or decides what a server makes of its data. Directories whose contents each
     * server re-creates at its start (PostgreSQL: {@code src/backend/utils/activity/pgstat.c},
     * {@code src/backend/postmaster/postmaster.c}, {@code RemovePgTempFiles}) are not among them, but for
     * {@code pg_replslot}: what it holds lives on.
     */
    private static final Set<String> DATA = Set.of(
            "PG_VERSION",
            "backup_label",
            "base",
            "global",
            "pg_clog",
            "pg_commit_ts",
            "pg_dynshmem",
            "pg_logical",
            "pg_multixact",
            "pg_notify",
            "pg_replslot",
            "pg_serial",
            "pg_snapshots",
            "pg_stat",
            "pg_subtrans",
            "pg_tblspc",
            "pg_twophase",
            "pg_wal",
            "pg_xact",
            "pg_xlog",
            "recovery.conf",
            "recovery.signal",
            "standby.signal",
            "tablespace_map");

    private final Set<DataPath> links;

    private KeptLinks(Set<DataPath> links) {
        this.links = links;
    }

    static KeptLinks of(List<Listing.Pair> pairs) {
        Set<DataPath> links = new HashSet<>();
        for (Listing.Pair pair : pairs) {
            boolean isOnBoth = pair.source() != null && pair.target() != null;
            if (isOnBoth && (isLink(pair.source()) || isLink(pair.target())) && !isOfData(pair.path())) {
                links.add(pair.path());
            }
        }
        return new KeptLinks(links);
    }

    private static boolean isLink(@Nullable SourceFile file) {
        return file != null && file.type() == SourceFile.Type.SYMLINK;
    }

    private static boolean isOfData(DataPath path) {
        String text = path.toString();
        int slash = text.indexOf('/');
        return DATA.contains(slash < 0 ? text : text.substring(0, slash));
    }

    /** Whether a path is such a link, or lies behind it. */
    boolean contains(DataPath path) {
        if (links.isEmpty()) {
            return false;
        }
        for (Optional<DataPath> at = Optional.of(path);
                at.isPresent();
                at = at.get().parent()) {
            if (links.contains(at.get())) {
                return true;
            }
        }
        return false;
    }
}
