package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.core.internal.stage.FetchedFile;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.PageHeader;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Proves that every database which replay creates by copying files becomes what it became on the source.
 *
 * <p>Replay of such a {@code CREATE DATABASE} at position X, and of a move to another tablespace, copies the template's
 * files as they lie on the disk then ({@code src/backend/commands/dbcommands.c}, {@code dbase_redo}), and nothing sets
 * right what it copied too much or too little. So for each of them:
 *
 * <ul>
 *   <li>The template must be there. One that the source dropped or moved is removed from the target before replay.
 *   <li>No file of the template may be removed or shortened that the target had before the divergence: the source did
 *       so after it, and perhaps after X.
 *   <li>No page of the template that came from the source may have an LSN beyond X.
 * </ul>
 *
 * <p>Nothing of this matters if replay makes the template itself before X by copying files. If it makes it by WAL, page
 * by page, the first two do not.
 */
final class TemplateCheck {

    /** PostgreSQL: {@code src/include/access/transam.h}, {@code FirstNormalObjectId}. */
    private static final int FIRST_USER_RELATION = 16384;

    private static final int LONGEST_VERSION = 64;

    private final Settings settings;
    private final RewindEvidence facts;
    private final ReplayedWal replayed;
    private final RelationGeometry geometry;
    private final List<FileCopyDatabase> lasting;
    private final List<Problem> problems = new ArrayList<>();

    TemplateCheck(Settings settings, RewindEvidence facts, ReplayedWal replayed) throws IOException {
        this.settings = settings;
        this.facts = facts;
        this.replayed = replayed;
        this.geometry = RelationGeometry.of(facts.targetControl());
        this.lasting = lasting(replayed.fileCopyDatabases());
    }

    /** Whether there is any such database; then pages that are fetched later can change the answer. */
    boolean isNeeded() {
        return !lasting.isEmpty();
    }

    /**
     * Looks at every template that replay copies.
     *
     * @param actions what will be done to the target
     * @param copies what was staged so far
     * @return one problem for each database that would not become what it is on the source
     */
    List<Problem> check(List<FileAction> actions, List<FetchedFile> copies) throws IOException {
        for (int i = 0; i < lasting.size(); i++) {
            FileCopyDatabase creation = lasting.get(i);
            if (lasting.subList(0, i).stream().noneMatch(earlier -> makesTemplate(earlier, creation))) {
                check(creation, actions, copies);
            }
        }
        return problems;
    }

    /**
     * Forbids them where contents are compared: pages that were found equal are not looked at, and can be newer than
     * the copy. A file copy ends with a checkpoint, so that this is about one that is being made, or was made on the
     * source's way to where it is from its last restartpoint.
     */
    Optional<Problem> refuseAny() {
        return lasting.stream()
                .findFirst()
                .map(creation -> new Problem(
                        Kind.DATABASE_COPY_DIFFERS,
                        copied(creation) + ", behind the source's last checkpoint, and replay would copy what it finds",
                        "run a CHECKPOINT on the source, and compare again."));
    }

    private void check(FileCopyDatabase creation, List<FileAction> actions, List<FetchedFile> copies)
            throws IOException {
        int before = problems.size();
        if (!isMadeByWal(creation)) {
            requireTemplate(creation);
            if (problems.size() == before) {
                requireNothingTaken(creation, actions);
            }
        }
        if (problems.size() == before) {
            requireNothingNewer(creation, copies);
        }
    }

    /** Those that the source still has, directly or as a copy. Replay drops the others again, whatever they are. */
    private List<FileCopyDatabase> lasting(List<FileCopyDatabase> creations) throws IOException {
        Deque<FileCopyDatabase> lasting = new ArrayDeque<>();
        for (int i = creations.size() - 1; i >= 0; i--) {
            FileCopyDatabase creation = creations.get(i);
            if (isOnSource(geometry.database(creation.tablespace(), creation.database()))
                    || lasting.stream().anyMatch(later -> makesTemplate(creation, later))) {
                lasting.addFirst(creation);
            }
        }
        return List.copyOf(lasting);
    }

    private boolean isOnSource(DataPath directory) throws IOException {
        try {
            settings.source().read(directory.resolve("PG_VERSION"), LONGEST_VERSION);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static boolean makesTemplate(FileCopyDatabase earlier, FileCopyDatabase creation) {
        return earlier.tablespace() == creation.templateTablespace()
                && earlier.database() == creation.templateDatabase();
    }

    /**
     * Whether the template is one that the source made by WAL: then there is a record for the creation of each of its
     * relations, catalogs first.
     */
    private boolean isMadeByWal(FileCopyDatabase creation) {
        return replayed.truncations().entrySet().stream()
                .anyMatch(cut -> cut.getValue() == 0
                        && isOfTemplate(cut.getKey(), creation)
                        && Integer.compareUnsigned(cut.getKey().relation(), FIRST_USER_RELATION) < 0);
    }

    private static boolean isOfTemplate(RelFileLocator relation, FileCopyDatabase creation) {
        return relation.tablespace() == creation.templateTablespace()
                && relation.database() == creation.templateDatabase();
    }

    private void requireTemplate(FileCopyDatabase creation) throws IOException {
        DataPath directory = geometry.database(creation.templateTablespace(), creation.templateDatabase());
        if (!isOnSource(directory)) {
            refuse(
                    copied(creation) + ", which the source has dropped or moved since: \"" + directory
                            + "\" is not there, and replay would find nothing to copy",
                    "re-create the target from a base backup.");
        }
    }

    private void requireNothingTaken(FileCopyDatabase creation, List<FileAction> actions) throws IOException {
        for (FileAction action : actions) {
            RelationFile file = geometry.file(action.path()).orElse(null);
            if (file != null && isOfTemplate(file.relation(), creation) && takesShared(action, file)) {
                refuse(
                        copied(creation) + ", of which \"" + action.path()
                                + "\" was removed or shortened later, and replay would copy what is left",
                        recreate());
                return;
            }
        }
    }

    /** Whether something is taken from a file that the target had before the divergence. */
    private boolean takesShared(FileAction action, RelationFile file) throws IOException {
        ChangedBlocks changed = facts.changed();
        if (file.fork() == ForkName.INIT) {
            return action instanceof RemoveFile && !changed.touchedRelations().contains(file.relation());
        }
        // The other forks are re-created where they are missed, and so is the main fork of an unlogged relation.
        if (file.fork() != ForkName.MAIN || isUnlogged(file) || isNewOnTarget(file.relation())) {
            return false;
        }
        if (action instanceof RemoveFile) {
            return takesShared(file, 0);
        }
        if (action instanceof Truncate truncate) {
            return takesShared(file, truncate.size());
        }
        return action instanceof CopyRanges copy && takesShared(file, copy.finalSize());
    }

    private boolean isUnlogged(RelationFile file) {
        RelationFile init = new RelationFile(file.relation(), ForkName.INIT, 0);
        return Files.exists(onTarget(init));
    }

    private boolean isNewOnTarget(RelFileLocator relation) {
        return facts.changed().truncatedAfter(relation).orElse(1) == 0
                || facts.copySet().isRecreated(relation);
    }

    /** Whether one of the blocks behind a size is not one that the target wrote after the divergence. */
    private boolean takesShared(RelationFile file, long size) throws IOException {
        long first = file.firstBlock(geometry.segmentBlocks());
        long end = first + Files.size(onTarget(file)) / geometry.blockSize();
        for (long block = first + size / geometry.blockSize(); block < end; block++) {
            if (!facts.changed().after().contains(file.relation(), block)) {
                return true;
            }
        }
        return false;
    }

    private Path onTarget(RelationFile file) {
        return DataPath.of(file.path(geometry.version())).in(settings.target());
    }

    private void requireNothingNewer(FileCopyDatabase creation, List<FetchedFile> copies) throws IOException {
        for (FetchedFile copy : copies) {
            RelationFile file = geometry.file(copy.path()).orElse(null);
            if (file != null
                    && file.fork() != ForkName.FSM
                    && !copy.isVanished()
                    && isOfTemplate(file.relation(), creation)
                    && !holdsNothingNewer(creation, copy)) {
                return;
            }
        }
    }

    private boolean holdsNothingNewer(FileCopyDatabase creation, FetchedFile copy) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(geometry.blockSize());
        try (FileChannel channel = FileChannel.open(copy.file(), StandardOpenOption.READ)) {
            for (int i = 0; i < copy.ranges().size(); i++) {
                long begin = copy.ranges().get(i).offset();
                for (long done = 0; done + geometry.blockSize() <= copy.delivered(i); done += geometry.blockSize()) {
                    page.clear();
                    channel.read(page, copy.stagedAt(i, begin + done));
                    if (PageHeader.lsn(page, 0).isAfter(creation.lsn())) {
                        refuseNewer(copy, begin + done, PageHeader.lsn(page, 0), creation);
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private void refuseNewer(FetchedFile copy, long offset, Lsn lsn, FileCopyDatabase creation) {
        refuse(
                copied(creation) + ", which changed later: \"" + copy.path()
                        + String.format(
                                Locale.ROOT,
                                "\" has a page of %s at byte %d, and replay would copy it into the new database",
                                lsn,
                                offset),
                recreate());
    }

    private void refuse(String message, String cure) {
        problems.add(new Problem(Kind.DATABASE_COPY_DIFFERS, message, cure));
    }

    private static String copied(FileCopyDatabase creation) {
        return "database %s was created at %s by copying the files of database %s"
                .formatted(
                        Integer.toUnsignedString(creation.database()),
                        creation.lsn(),
                        Integer.toUnsignedString(creation.templateDatabase()));
    }

    private static String recreate() {
        return "drop that database on the source and create it again (from 15 on without STRATEGY = FILE_COPY), and rewind"
                + " again; or re-create the target from a base backup.";
    }
}
