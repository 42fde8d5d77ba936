package org.pgrewind4j.core.internal.rewind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.internal.cluster.Exclusions;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.rewind.evidence.CopySet;
import org.pgrewind4j.core.internal.rewind.rehearsal.PreparedStates;
import org.pgrewind4j.core.internal.rewind.settings.TablespaceMapping;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelationFile;

/**
 * Decides what to do with one path, from what each side has there and what the target's WAL says. Pure: reads nothing,
 * remembers nothing (PostgreSQL's own decision: {@code src/bin/pg_rewind/filemap.c}, {@code decide_file_action}).
 */
final class FileDecisions {

    /** What was decided about a path. */
    sealed interface Decision {
        /** Nothing is to be done; why that is safe stands where it is decided. */
        record Leave() implements Decision {}

        /** This is to be done. */
        record Do(FileAction action) implements Decision {}

        /** Both sides have a file of the same size and only its content can tell. */
        record Compare(CopyFile ifDifferent) implements Decision {}

        /** The two sides cannot be brought together. */
        record Refuse(Problem problem) implements Decision {}
    }

    private static final Decision LEAVE = new Decision.Leave();

    private final CopySet copySet;
    private final Listing source;
    private final Listing target;
    private final TargetExtensions longerOnTarget;
    private final WalFiles walFiles;
    private final Set<DataPath> copiedSegments;
    private final RelationGeometry geometry;
    private final Predicate<DataPath> kept;
    private final TablespaceMapping tablespaces;

    FileDecisions(
            CopySet copySet,
            Listing source,
            Listing target,
            TargetExtensions longerOnTarget,
            WalFiles walFiles,
            Set<DataPath> copiedSegments,
            RelationGeometry geometry,
            Predicate<DataPath> kept,
            TablespaceMapping tablespaces) {
        this.copySet = copySet;
        this.source = source;
        this.target = target;
        this.longerOnTarget = longerOnTarget;
        this.walFiles = walFiles;
        this.copiedSegments = copiedSegments;
        this.geometry = geometry;
        this.kept = kept;
        this.tablespaces = tablespaces;
    }

    Decision decide(Listing.Pair pair) {
        DataPath path = pair.path();
        if (path.equals(DataPath.CONTROL_FILE) || kept.test(path)) {
            // The control file is made and put in place last, by the seal; what is kept is the caller's word, or
            // is written by the seal too.
            return LEAVE;
        }
        RelationFile relation = geometry.file(path).orElse(null);
        // A relation's file is none of these; to see that by its name is quick, and nearly all files are one.
        if (relation == null && Exclusions.isExcluded(path)) {
            return pair.target() == null ? LEAVE : remove(pair.target());
        }
        if (relation == null && walFiles.isOfSegment(path)) {
            return decided(walFiles.decide(pair, copiedSegments));
        }
        if (pair.source() == null) {
            return pair.target() == null ? LEAVE : remove(pair.target());
        }
        return switch (pair.source().type()) {
            case FILE -> file(relation, pair.source(), pair.target());
            case DIRECTORY, SYMLINK -> directory(pair.source(), pair.target());
        };
    }

    private static Decision decided(Optional<FileAction> action) {
        return action.<Decision>map(Decision.Do::new).orElse(LEAVE);
    }

    private static Decision remove(SourceFile target) {
        return new Decision.Do(
                target.type() == SourceFile.Type.DIRECTORY
                        ? new RemoveDirectory(target.path())
                        : new RemoveFile(target.path()));
    }

    /** A directory, or a link that stands for one. */
    private Decision directory(SourceFile source, @Nullable SourceFile target) {
        boolean isPlace = source.path().isTablespace() || source.path().isWalDirectory();
        if (source.type() == SourceFile.Type.SYMLINK && !isPlace) {
            return target != null && target.type() == SourceFile.Type.SYMLINK
                    ? LEAVE
                    : new Decision.Refuse(new Problem(
                            Problem.Kind.UNEXPECTED_LINK,
                            "the source has a symbolic link at \"" + source.path() + "\", where PostgreSQL has none",
                            "put there on the target what its server needs, a link or a file, which then stays."));
        }
        if (target == null) {
            return new Decision.Do(
                    source.path().isTablespace() && source.type() == SourceFile.Type.SYMLINK
                            ? new CreateTablespaceLink(source.path(), tablespaces.location(source.linkTarget()))
                            : new CreateDirectory(source.path()));
        }
        // A link here and a directory there is no difference: each side has laid out its disks as it likes.
        return target.type() == SourceFile.Type.DIRECTORY || (isPlace && target.type() == SourceFile.Type.SYMLINK)
                ? LEAVE
                : differentTypes(source, target);
    }

    private Decision file(@Nullable RelationFile relation, SourceFile source, @Nullable SourceFile target) {
        if (target != null && target.type() != SourceFile.Type.FILE) {
            return differentTypes(source, target);
        }
        if (relation == null || relation.fork() == ForkName.INIT) {
            // Init forks are logged, but never changed in place: to compare a page or two is cheaper than to think.
            return wholeFile(source, target);
        }
        if (this.source.isUnlogged(relation.relation())) {
            // Recovery removes all forks but the init fork when it starts, and re-creates them when it ends
            // (src/backend/storage/file/reinit.c, ResetUnloggedRelations).
            return LEAVE;
        }
        if (target == null || copySet.isRecreated(relation.relation()) || this.target.isUnlogged(relation.relation())) {
            // Two relations that were created after the divergence can have got one number, and no record names the
            // blocks of an unlogged one.
            return new Decision.Do(new CopyFile(source.path(), source.size()));
        }
        if (copySet.isOfContents()) {
            return new Decision.Do(new UpdateFile(source.path(), source.size()));
        }
        return relation.fork() == ForkName.MAIN
                ? mainFork(relation, source, target)
                : mapFork(relation, source, target);
    }

    /**
     * The fsm and vm change without records that name their blocks, but never without one on their relation, or without
     * the main fork having been extended: a server can die before it logs what it put there. Any other relation has the
     * maps of the shared history, and one that became longer on the source alone gets them right by replay.
     */
    private Decision mapFork(RelationFile relation, SourceFile source, SourceFile target) {
        return copySet.touches(relation.relation())
                        || source.size() != target.size()
                        || longerOnTarget.contains(relation.relation())
                ? new Decision.Do(new CopyFile(source.path(), source.size()))
                : LEAVE;
    }

    private Decision mainFork(RelationFile relation, SourceFile source, SourceFile target) {
        // A server that died while it extended the file can leave a part of a block at the end.
        long shared = Math.min(geometry.wholeBlocks(target.size()), source.size());
        List<FileRange> ranges = new ArrayList<>(copySet.ranges(source.path(), relation, shared, geometry));
        new FileRange(source.path(), shared, source.size() - shared).appendTo(ranges);
        if (!ranges.isEmpty()) {
            return new Decision.Do(new CopyRanges(source.path(), ranges, source.size()));
        }
        return target.size() > source.size() ? new Decision.Do(new Truncate(source.path(), source.size())) : LEAVE;
    }

    /** Everything that is not a relation: the source's content counts, whatever the target's WAL says. */
    private static Decision wholeFile(SourceFile source, @Nullable SourceFile target) {
        CopyFile copy = new CopyFile(source.path(), source.size());
        if (PreparedStates.contain(source.path())) {
            // Equal to one that is not whole is not whole: what is fetched is looked at.
            return new Decision.Do(copy);
        }
        return target != null && target.size() == source.size() ? new Decision.Compare(copy) : new Decision.Do(copy);
    }

    private static Decision differentTypes(SourceFile source, SourceFile target) {
        return new Decision.Refuse(new Problem(
                Problem.Kind.FILE_TYPE_DIFFERS,
                "\"" + source.path() + "\" is a " + name(source) + " on the source and a " + name(target)
                        + " on the target",
                "bring the target's in line with the source's."));
    }

    private static String name(SourceFile file) {
        return switch (file.type()) {
            case FILE -> "file";
            case DIRECTORY -> "directory";
            case SYMLINK -> "symbolic link";
        };
    }
}
