package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Warning;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.LoggedDatabase;

/**
 * What can hide in WAL segments that the standby is to get by itself, and that nobody has here.
 *
 * <p>Most of what a rehearsal looks for ends the server when replay meets it, with a message that says what to do. One
 * thing goes wrong without a word: a database that was created by copying files, if it lasts ({@link TemplateCheck}).
 * Such a database has a directory on the source that the target lacks, or that the target created for another one. If
 * each directory of that kind is explained by a record that was seen, none hides. (A database that was moved to another
 * tablespace and back has a directory on both; replay then copies it out and home again, and continues with what it
 * was.)
 *
 * <p>Up to 13 a standby with {@code hot_standby = off} continues without a word over {@code wal_level = minimal}, too.
 * While that is set a server does not archive, so no segment of that time is one that an archive has.
 */
record UnseenWal(List<WalSegmentName> segments) {

    /** A problem if something may hide, else a warning that names the segments; nothing if there are none. */
    void tell(
            RewindEvidence facts,
            List<FileAction> actions,
            ReplayedWal replayed,
            List<Problem> problems,
            List<Warning> warnings) {
        if (segments.isEmpty()) {
            return;
        }
        String names = segments.stream().map(WalSegmentName::fileName).collect(Collectors.joining(", "));
        if (facts.isOfContents()) {
            problems.add(new Problem(
                    Kind.WAL_NOT_REHEARSED,
                    "WAL since the source's last checkpoint is not here, and what it makes of a copy is not known: "
                            + names,
                    "name the archive that has these segments, or run a CHECKPOINT on the source."));
            return;
        }
        Optional<DataPath> unexplained = unexplained(facts, actions, replayed);
        if (unexplained.isPresent()) {
            problems.add(new Problem(
                    Kind.WAL_NOT_REHEARSED,
                    "the source has created \"" + unexplained.get()
                            + "\" since the divergence, and the WAL that would say"
                            + " whether by copying the files of another database is not here: " + names,
                    "name the archive that has these segments, so that they are looked at."));
        } else {
            warnings.add(new Warning(
                    Warning.Kind.WAL_NOT_REHEARSED,
                    "whether the target can replay these WAL segments is not known, for nobody has them here: " + names,
                    "name the archive that has them, so that they are looked at."));
        }
    }

    private static Optional<DataPath> unexplained(
            RewindEvidence facts, List<FileAction> actions, ReplayedWal replayed) {
        RelationGeometry geometry = RelationGeometry.of(facts.targetControl());
        Set<DataPath> candidates = new HashSet<>();
        for (FileAction action : actions) {
            // Only the directory in which a database was created holds this.
            if (action instanceof CopyFile && action.path().fileName().equals("PG_VERSION")) {
                action.path().parent().filter(geometry::isDatabase).ifPresent(candidates::add);
            }
        }
        facts.changed().directoryChanges().stream()
                .filter(change -> !change.lsn().isBefore(facts.divergence().position()))
                .forEach(change -> created(change, geometry).ifPresent(candidates::add));
        for (FileAction action : actions) {
            if (action instanceof RemoveDirectory) {
                candidates.remove(action.path());
            }
        }
        List<DataPath> explained = new ArrayList<>();
        replayed.directories().forEach(change -> created(change, geometry).ifPresent(explained::add));
        explained.forEach(candidates::remove);
        return candidates.stream().sorted().findFirst();
    }

    private static Optional<DataPath> created(DirectoryChange change, RelationGeometry geometry) {
        if (change instanceof FileCopyDatabase copy) {
            return Optional.of(geometry.database(copy.tablespace(), copy.database()));
        }
        return change instanceof LoggedDatabase logged
                ? Optional.of(geometry.database(logged.tablespace(), logged.database()))
                : Optional.empty();
    }
}
