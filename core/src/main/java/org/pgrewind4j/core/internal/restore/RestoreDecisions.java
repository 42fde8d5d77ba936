package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.ClearPath;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.internal.cluster.Exclusions;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.core.internal.restore.ContentComparison.Content;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.local.PostmasterPid;

/** Decides what a restore does to each path. */
final class RestoreDecisions {

    /** What servers may write to configuration, for its owner and readers of the data directory. */
    private static final int CONFIGURATION_MODE = 0644;

    private final Path target;
    private final RelationGeometry geometry;
    private final RecoveryFiles recovery;
    private final BackupEntry.Attributes dataDirectory;

    private final List<FileAction> actions = new ArrayList<>();

    /** Paths that are cleared: what lay in them goes with them. */
    private final Set<DataPath> cleared = new HashSet<>();

    RestoreDecisions(
            Path target, RelationGeometry geometry, RecoveryFiles recovery, BackupEntry.Attributes dataDirectory) {
        this.target = target;
        this.geometry = geometry;
        this.recovery = recovery;
        this.dataDirectory = dataDirectory;
    }

    List<FileAction> decide(BackupTree expected, TargetTree present, Map<DataPath, Content> contents, KnownParts known)
            throws IOException {
        List<WriteConfiguration> configuration = recovery.actions();
        Set<DataPath> written = new HashSet<>();
        configuration.forEach(action -> written.add(action.path()));
        for (BackupEntry entry : expected.entries().values()) {
            DataPath path = entry.file().path();
            if (!written.contains(path)
                    && !(recovery.keeps(path) && present.entries().containsKey(path))) {
                decide(entry, present, contents.get(path), known);
            }
        }
        for (WriteConfiguration action : configuration) {
            clear(SourceFile.file(action.path(), 0), present.entries().get(action.path()));
            actions.add(action);
            actions.add(new SetAttributes(
                    action.path(),
                    new BackupEntry.Attributes(
                            dataDirectory.mode() & CONFIGURATION_MODE, Optional.empty(), Optional.empty()),
                    Optional.empty()));
        }
        remove(expected, present, written);
        return actions;
    }

    private void decide(BackupEntry entry, TargetTree present, @Nullable Content content, KnownParts known)
            throws IOException {
        SourceFile wanted = entry.file();
        SourceFile found = present.entries().get(wanted.path());
        boolean isCleared = clear(wanted, found);
        SourceFile left = isCleared ? null : found;
        switch (wanted.type()) {
            case DIRECTORY -> {
                if (left == null) {
                    actions.add(new CreateDirectory(wanted.path()));
                }
                addAttributes(entry, left);
            }
            case SYMLINK -> {
                if (!present.links().contains(wanted.path())) {
                    actions.add(new CreateTablespaceLink(wanted.path(), wanted.linkTarget()));
                }
            }
            case FILE -> {
                Optional<FileAction> action = left != null && known.isOf(wanted.path())
                        ? known.action(wanted, left)
                        : file(wanted, left, content);
                action.ifPresent(actions::add);
                addAttributes(entry, action.isPresent() ? null : left);
            }
        }
    }

    /** Whether something else must make way. */
    private boolean clear(SourceFile wanted, @Nullable SourceFile found) {
        boolean fits = found == null
                || (found.type() == wanted.type() && found.linkTarget().equals(wanted.linkTarget()));
        if (!fits) {
            actions.add(new ClearPath(wanted));
            cleared.add(wanted.path());
        }
        return !fits;
    }

    private Optional<FileAction> file(SourceFile wanted, @Nullable SourceFile found, @Nullable Content content) {
        if (found == null || content == null) {
            return Optional.of(new CopyFile(wanted.path(), wanted.size()));
        }
        return switch (content) {
            case SAME -> Optional.empty();
            case LONGER -> Optional.of(new Truncate(wanted.path(), wanted.size()));
            case UNKNOWN, DIFFERENT ->
                Optional.of(
                        found.size() > 0 && geometry.file(wanted.path()).isPresent()
                                ? new UpdateFile(wanted.path(), wanted.size())
                                : new CopyFile(wanted.path(), wanted.size()));
        };
    }

    /** Sets owner, permissions and time, unless what stays has them. */
    private void addAttributes(BackupEntry entry, @Nullable SourceFile staying) throws IOException {
        SetAttributes wanted = BackupTree.attributes(entry);
        if (staying == null || !hasAttributes(wanted)) {
            actions.add(wanted);
        }
    }

    private boolean hasAttributes(SetAttributes wanted) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(wanted.path().in(target), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean hasTime = wanted.modified()
                .map(time -> found.lastModifiedTime().toInstant().getEpochSecond() == time.getEpochSecond())
                .orElse(true);
        return hasTime
                && LocalFileOperations.permissions(wanted.attributes().mode()).equals(found.permissions())
                && LocalFileOperations.isOwnedAsWanted(
                        wanted.attributes(),
                        found.owner().getName(),
                        found.group().getName());
    }

    /** The deepest first. */
    private void remove(BackupTree expected, TargetTree present, Set<DataPath> written) {
        present.entries().values().stream()
                .filter(file -> isToGo(file.path(), expected, written))
                .sorted(Comparator.comparing(SourceFile::path).reversed())
                .forEach(file -> actions.add(
                        file.type() == SourceFile.Type.DIRECTORY
                                ? new RemoveDirectory(file.path())
                                : new RemoveFile(file.path())));
    }

    private boolean isToGo(DataPath path, BackupTree expected, Set<DataPath> written) {
        return !expected.entries().containsKey(path)
                && !written.contains(path)
                && !recovery.keeps(path)
                && !path.equals(DataPath.CONTROL_FILE)
                // The execution's own by then.
                && !path.equals(PostmasterPid.PATH)
                && !Exclusions.isForeign(path)
                && !geometry.isForeign(path)
                && !isInCleared(path);
    }

    private boolean isInCleared(DataPath path) {
        for (Optional<DataPath> at = Optional.of(path);
                at.isPresent();
                at = at.get().parent()) {
            if (cleared.contains(at.get())) {
                return true;
            }
        }
        return false;
    }
}
