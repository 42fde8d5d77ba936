package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.wal.ChangedBlockCollector;
import org.pgrewind4j.wal.FileCopyDatabase;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PageHeader;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.WalSegmentSource;

/**
 * Proves that no database which replay creates by copying files gets rows of the future.
 *
 * <p>Replay of such a {@code CREATE DATABASE} at position X copies the template's files as they lie on the disk then
 * ({@code src/backend/commands/dbcommands.c}, {@code dbase_redo}). A page of the template that was copied from the source
 * in a state later than X would be copied on into the new database, where nothing sets it right. So each such page must
 * have an LSN of at most X.
 */
final class TemplateCheck {

    private static final System.Logger LOG = System.getLogger(TemplateCheck.class.getName());

    private final Settings settings;
    private final RewindFacts facts;
    private final StagingArea area;
    private final RelationGeometry geometry;

    TemplateCheck(Settings settings, RewindFacts facts, StagingArea area) {
        this.settings = settings;
        this.facts = facts;
        this.area = area;
        this.geometry = RelationGeometry.of(facts.targetControl());
    }

    /**
     * Looks at every staged page of a template.
     *
     * @param copies what was staged, WAL included
     * @param end where replay ends
     * @throws PgRewindException if a page is newer than the creation that would copy it
     */
    void check(List<StagedCopy> copies, Lsn end) throws IOException {
        List<FileCopyDatabase> creations = new ArrayList<>(facts.changed().fileCopyDatabases());
        creations.removeIf(
                creation -> !creation.lsn().isBefore(facts.divergence().position()));
        creations.addAll(onSourceBranch(end));
        for (FileCopyDatabase creation : creations) {
            for (StagedCopy copy : copies) {
                RelationFile file = geometry.file(copy.path()).orElse(null);
                if (file != null && file.fork() != ForkName.FSM && isOfTemplate(file.relation(), creation)) {
                    check(copy, creation);
                }
            }
        }
    }

    private List<FileCopyDatabase> onSourceBranch(Lsn end) throws IOException {
        Lsn divergence = facts.divergence().position();
        if (!end.isAfter(divergence)) {
            return List.of();
        }
        WalSegmentSource wal = StagedWal.of(settings, facts, area);
        try {
            return ChangedBlockCollector.of(
                            wal,
                            facts.targetControl().version(),
                            facts.targetControl().walSegmentSize(),
                            facts.source().history())
                    .redo(divergence)
                    .end(end)
                    .threads(settings.threads())
                    .collect()
                    .fileCopyDatabases();
        } catch (MissingWalException e) {
            // Only where the caller vouched for a restore_command, else the plan had refused.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "databases that the source created by copying files are not checked: {0}",
                    e.getMessage());
            return List.of();
        }
    }

    private static boolean isOfTemplate(RelFileLocator relation, FileCopyDatabase creation) {
        return relation.tablespace() == creation.templateTablespace()
                && relation.database() == creation.templateDatabase();
    }

    private void check(StagedCopy copy, FileCopyDatabase creation) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(geometry.blockSize());
        try (FileChannel channel = FileChannel.open(area.in(copy.place(), copy.name()), StandardOpenOption.READ)) {
            for (int i = 0; i < copy.ranges().size(); i++) {
                long begin = copy.ranges().get(i).offset();
                for (long done = 0; done + geometry.blockSize() <= copy.delivered(i); done += geometry.blockSize()) {
                    page.clear();
                    channel.read(page, copy.stagedAt(i, begin + done));
                    if (PageHeader.lsn(page, 0).isAfter(creation.lsn())) {
                        throw tooNew(copy, begin + done, PageHeader.lsn(page, 0), creation);
                    }
                }
            }
        }
    }

    private static PgRewindException tooNew(StagedCopy copy, long offset, Lsn lsn, FileCopyDatabase creation) {
        return new PgRewindException(PgRewindException.withHint(
                "database %s was created at %s by copying the files of database %s, which changed later: \"%s\" has a"
                                .formatted(
                                        Integer.toUnsignedString(creation.database()),
                                        creation.lsn(),
                                        Integer.toUnsignedString(creation.templateDatabase()),
                                        copy.path())
                        + " page of %s at byte %d, and replay would copy it into the new database"
                                .formatted(lsn, offset),
                "drop that database on the source and create it again (from 15 on without STRATEGY = FILE_COPY), run a"
                        + " CHECKPOINT, and rewind again; or make the target anew."));
    }
}
