package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.rewind.settings.TablespaceMapping;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.CreatedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.LoggedDatabase;

/**
 * Goes through the directories that replay makes and removes, from what the rewind leaves, and finds what it would miss.
 *
 * <p>Replay starts in the past with the directories of the present. It makes up for relations' own directories
 * ({@code src/backend/commands/tablespace.c}, {@code TablespaceCreateDbspace}), and is content if what it is to remove is
 * gone. It ends the server in these cases:
 *
 * <ul>
 *   <li>A database is copied from one that is gone by now, or into a tablespace that is
 *       ({@code src/backend/commands/dbcommands.c}, {@code dbase_redo}). Minor releases from 10.22, 11.17, 12.12, 13.8,
 *       14.5 and 15.0 on make an empty directory in its place, which a later record removes again
 *       ({@code recovery_create_dbdir}). The rewind leaves that directory for all releases. What is copied from it does
 *       not matter, for {@link TemplateCheck} refuses copies that last.
 *   <li>A tablespace is created in a directory that is not there ({@code create_tablespace_directories}): it is made,
 *       where the caller permits a tablespace. Where a link is, replay puts it right, to where the record says: a
 *       tablespace that was to lie elsewhere would go there.
 * </ul>
 */
final class ReplayedDirectories {

    private static final DataPath TABLESPACES = DataPath.of("pg_tblspc");

    private final Path target;
    private final TablespaceMapping tablespaces;
    private final RelationGeometry geometry;
    private final Lsn divergence;
    private final Map<DataPath, FileAction> actions = new HashMap<>();

    /** What replay has made, or else has removed, so far. */
    private final Set<DataPath> made = new HashSet<>();

    private final Set<DataPath> removed = new HashSet<>();

    private final Map<DataPath, FileAction> additions = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /**
     * Begins with what the rewind leaves.
     *
     * @param actions what will be done to the target
     */
    ReplayedDirectories(Settings settings, RewindEvidence facts, List<FileAction> actions) {
        this.target = settings.target();
        this.tablespaces = settings.tablespaces();
        this.geometry = RelationGeometry.of(facts.targetControl());
        this.divergence = facts.divergence().position();
        actions.forEach(action -> this.actions.put(action.path(), action));
    }

    void replay(List<DirectoryChange> changes) throws IOException {
        for (DirectoryChange change : changes) {
            replay(change);
        }
    }

    /** What makes the directories that replay misses, each behind those that it lies in. */
    List<FileAction> additions() {
        return List.copyOf(additions.values());
    }

    /** What cannot be made up for. */
    List<Problem> problems() {
        return problems;
    }

    private void replay(DirectoryChange change) throws IOException {
        if (change instanceof FileCopyDatabase copy) {
            require(geometry.database(copy.templateTablespace(), copy.templateDatabase()));
            create(copy.tablespace(), copy.database());
        } else if (change instanceof LoggedDatabase logged) {
            create(logged.tablespace(), logged.database());
        } else if (change instanceof DroppedDatabase dropped) {
            dropped.tablespaces().forEach(tablespace -> remove(geometry.database(tablespace, dropped.database())));
        } else if (change instanceof CreatedTablespace created) {
            check(created);
            make(link(created.tablespace()));
            make(inTablespace(created.tablespace()));
        } else if (change instanceof DroppedTablespace dropped) {
            remove(link(dropped.tablespace()));
            remove(inTablespace(dropped.tablespace()));
        }
    }

    private void create(int tablespace, int database) {
        DataPath directory = geometry.database(tablespace, database);
        require(directory.parent().orElseThrow());
        make(directory);
    }

    private void require(DataPath directory) {
        if (!exists(directory)) {
            directory.parent().ifPresent(this::require);
            additions.put(directory, new CreateDirectory(directory));
            make(directory);
        }
    }

    private void make(DataPath directory) {
        removed.remove(directory);
        made.add(directory);
    }

    private void remove(DataPath directory) {
        made.remove(directory);
        removed.add(directory);
    }

    private boolean exists(DataPath directory) {
        if (made.contains(directory) || removed.contains(directory)) {
            return made.contains(directory);
        }
        FileAction action = actions.get(directory);
        if (action instanceof CreateDirectory || action instanceof CreateTablespaceLink) {
            return true;
        }
        boolean isTaken = action instanceof RemoveDirectory || action instanceof RemoveFile;
        return !isTaken && directory.parent().map(this::exists).orElse(true) && Files.isDirectory(directory.in(target));
    }

    private static DataPath link(int tablespace) {
        return TABLESPACES.resolve(Integer.toUnsignedString(tablespace));
    }

    private DataPath inTablespace(int tablespace) {
        return link(tablespace).resolve(geometry.version().tablespaceDirectory());
    }

    private void check(CreatedTablespace created) throws IOException {
        if (created.location().isEmpty()) {
            return;
        }
        Path location = Path.of(created.location());
        Optional<Path> here = location(link(created.tablespace()));
        if (here.isPresent()) {
            requireSame(created, location, here.get());
        } else if (!isPermitted(created, location)) {
            problems.add(new Problem(
                    Kind.NEW_TABLESPACE_LOCATION,
                    created(created) + " and dropped later: replay creates it there first, where the target has none",
                    "permit new tablespaces below a directory that holds this one."));
        } else if (!Files.isDirectory(location)) {
            makeLocation(created);
        } else if (Files.exists(location.resolve(geometry.version().tablespaceDirectory())) && !isOwn(location)) {
            problems.add(new Problem(
                    Kind.TABLESPACE_LOCATION_IN_USE,
                    created(created)
                            + " and dropped later: replay creates and drops it there again, but on this machine"
                            + " another tablespace lies there",
                    "move the other one away, or empty \"" + location + "\" if it is this target's."));
        }
    }

    /** What the target's own users have created once may be created there again; all else takes the caller's word. */
    private boolean isPermitted(CreatedTablespace created, Path location) throws IOException {
        return created.lsn().isBefore(divergence)
                || tablespaces.permits(created.location())
                || (Files.exists(location) && isOwn(location));
    }

    /** The link comes with the directory; replay puts it there again, and removes it. */
    private void makeLocation(CreatedTablespace created) throws IOException {
        DataPath link = link(created.tablespace());
        if (tablespaces.permits(created.location()) && !Files.exists(link.in(target), LinkOption.NOFOLLOW_LINKS)) {
            additions.put(link, new CreateTablespaceLink(link, created.location()));
            return;
        }
        problems.add(new Problem(
                Kind.TABLESPACE_LOCATION_MISSING,
                created(created) + " and dropped later: replay creates it there first, and needs the directory",
                "create \"" + created.location()
                        + "\" as an empty directory of the server's owner, and rewind again; it"
                        + " can go when the standby has caught up."));
    }

    private void requireSame(CreatedTablespace created, Path location, Path here) throws IOException {
        if (!here.equals(location)
                && !(Files.exists(here) && Files.exists(location) && Files.isSameFile(here, location))) {
            problems.add(new Problem(
                    Kind.TABLESPACE_MOVED_BY_REPLAY,
                    created(created) + ": replay creates it there again, and not in \"" + here + "\"",
                    actions.get(link(created.tablespace())) instanceof CreateTablespaceLink
                            ? "rewind without mapping it, where that directory is free; or drop the tablespace on the"
                                    + " source."
                            : "drop the tablespace on the source, or re-create the target from a base backup."));
        }
    }

    private static String created(CreatedTablespace created) {
        return "tablespace %s was created at %s in \"%s\""
                .formatted(Integer.toUnsignedString(created.tablespace()), created.lsn(), created.location());
    }

    /** Where a tablespace will lie; empty if there will be none, or one within the data directory. */
    private Optional<Path> location(DataPath link) throws IOException {
        FileAction action = actions.get(link);
        if (action instanceof CreateTablespaceLink created) {
            return Optional.of(Path.of(created.location()));
        }
        Path path = link.in(target);
        return action == null && Files.isSymbolicLink(path)
                ? Optional.of(path.resolveSibling(Files.readSymbolicLink(path)))
                : Optional.empty();
    }

    /** Whether one of the target's tablespaces lies there, which then goes away. */
    private boolean isOwn(Path location) throws IOException {
        try (var links = Files.list(TABLESPACES.in(target))) {
            for (Path link : (Iterable<Path>) links::iterator) {
                if (!Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)
                        && Files.exists(link)
                        && Files.isSameFile(link, location)) {
                    return true;
                }
            }
            return false;
        }
    }
}
