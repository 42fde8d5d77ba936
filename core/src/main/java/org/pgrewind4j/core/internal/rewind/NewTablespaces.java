package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;

/**
 * Whether tablespaces may lie where a plan puts them. It is the one place where a source chooses a path outside the
 * target: everything else that it names is a {@link DataPath}, and links are followed only at tablespaces and at the WAL.
 *
 * <p>The target's own links were made by its own users. A new link leads only where the caller agreed to, or to a location
 * that the target has already. What is put there lies in {@code PG_<release>_<catalog>} ({@link DataPath#isOfCluster}, and
 * {@link Listing} for the release), so that a permitted location that serves other purposes too loses nothing.
 *
 * <p>No place is used that is another's: of the target's data directory, its other tablespaces, its WAL, or of the source
 * itself where that is on the same machine. PostgreSQL refuses the like when it creates a tablespace
 * ({@code src/backend/commands/tablespace.c}, {@code CreateTableSpace}, {@code create_tablespace_directories}).
 */
final class NewTablespaces {

    private final Settings settings;
    private final Listing source;
    private final Listing target;

    NewTablespaces(Settings settings, Listing source, Listing target) {
        this.settings = settings;
        this.source = source;
        this.target = target;
    }

    void check(List<FileAction> actions, Preconditions preconditions) throws IOException {
        List<DataPath> places = places(target);
        for (DataPath place : places) {
            checkNotOfSource(place, place.in(settings.target()), preconditions);
        }
        Set<Path> taken = new HashSet<>();
        taken.add(real(settings.target()));
        for (DataPath place : places) {
            taken.add(real(place.in(settings.target())));
        }
        for (FileAction action : actions) {
            if (action instanceof CreateTablespaceLink link) {
                check(link, taken, preconditions);
            }
        }
    }

    private void check(CreateTablespaceLink link, Set<Path> taken, Preconditions preconditions) throws IOException {
        Path location = Path.of(link.location());
        if (!settings.tablespaces().permits(link.location()) && !isLocationOfTarget(link.location())) {
            preconditions.add(
                    Kind.NEW_TABLESPACE_LOCATION,
                    "the source has a new tablespace \"" + link.path() + "\" in \"" + location
                            + "\", where the target has none",
                    "map the tablespace to a directory, or permit new tablespaces below a directory that holds this one.");
        } else if (!isFree(real(location), taken) || !isEmpty(location)) {
            preconditions.add(
                    Kind.TABLESPACE_LOCATION_IN_USE,
                    "the new tablespace \"" + link.path() + "\" would lie in \"" + location
                            + "\", which is not empty, or is in use",
                    "map the tablespace to a directory of its own, or empty that directory if it is this target's.");
        }
    }

    /** Whether no two would lie in each other; if so, the location is taken from now on. */
    private static boolean isFree(Path location, Set<Path> taken) {
        return taken.stream().noneMatch(other -> other.startsWith(location) || location.startsWith(other))
                && taken.add(location);
    }

    private boolean isLocationOfTarget(String location) {
        return target.files().stream()
                .anyMatch(
                        file -> file.path().isTablespace() && file.linkTarget().equals(location));
    }

    private void checkNotOfSource(DataPath place, Path directory, Preconditions preconditions) throws IOException {
        for (DataPath ofSource : places(source)) {
            if (settings.source().isSame(ofSource, directory)) {
                preconditions.add(
                        Kind.TABLESPACE_LOCATION_IN_USE,
                        "the target's \"" + place + "\" and the source's \"" + ofSource
                                + "\" are the same directory, \"" + real(directory) + "\"",
                        "give the target a copy of that directory, and let its link lead there.");
            }
        }
    }

    /** The links of one side that are followed. */
    private static List<DataPath> places(Listing side) {
        return side.files().stream()
                .filter(file -> file.type() == SourceFile.Type.SYMLINK)
                .map(SourceFile::path)
                .filter(path -> path.isTablespace() || path.isWalDirectory())
                .toList();
    }

    /** The path with the links on the way resolved, as far as it exists. */
    private static Path real(Path path) throws IOException {
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        Path parent = path.getParent();
        return parent == null ? path : real(parent).resolve(path.getFileName());
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return true;
        }
        try (var contents = Files.list(directory)) {
            // A file system of its own has this from the beginning.
            return contents.allMatch(entry -> entry.endsWith("lost+found"));
        }
    }
}
