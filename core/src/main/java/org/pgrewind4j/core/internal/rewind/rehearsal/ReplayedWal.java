package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.scan.ChangedBlockCollector;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * What the WAL that replay will read says: the shared part from the redo point to the divergence, which the scan of the
 * target has read, then the source's from there on.
 *
 * @param directories the records on databases and tablespaces as a whole, in order
 * @param parameters the starts of a server with other parameters, in order
 * @param fullPageWritesOff where {@code full_page_writes} was switched off, in order
 * @param truncations the least length in blocks that was left of a relation's main fork behind the divergence, 0 if it
 *     was created
 * @param customManagers the resource managers of extensions that have records behind the divergence, each with its
 *     first
 * @param unseen the segments behind the divergence that nobody has here: the standby is to get them by itself
 */
record ReplayedWal(
        List<DirectoryChange> directories,
        List<ParameterChange> parameters,
        List<Lsn> fullPageWritesOff,
        Map<RelFileLocator, Long> truncations,
        Map<ResourceManager, Lsn> customManagers,
        List<WalSegmentName> unseen) {

    /**
     * Reads the source's part.
     *
     * @param wal has the source's segments, as far as anybody here has them
     * @param end where replay ends
     */
    static ReplayedWal read(Settings settings, RewindEvidence facts, WalSegmentSource wal, Lsn end) throws IOException {
        Reader reader = new Reader(settings, facts, wal);
        reader.read(facts.divergence().position(), end);
        ChangedBlocks shared = facts.changed();
        Lsn divergence = facts.divergence().position();
        return new ReplayedWal(
                all(
                        shared.directoryChanges(),
                        DirectoryChange::lsn,
                        divergence,
                        reader,
                        ChangedBlocks::directoryChanges),
                all(
                        shared.parameterChanges(),
                        ParameterChange::lsn,
                        divergence,
                        reader,
                        ChangedBlocks::parameterChanges),
                all(
                        shared.fullPageWritesOff(),
                        Function.identity(),
                        divergence,
                        reader,
                        ChangedBlocks::fullPageWritesOff),
                reader.truncations(),
                reader.customManagers(),
                List.copyOf(reader.unseen));
    }

    private static <T> List<T> all(
            List<T> ofTarget,
            Function<T, Lsn> lsn,
            Lsn divergence,
            Reader reader,
            Function<ChangedBlocks, List<T>> part) {
        Stream<T> shared = ofTarget.stream().filter(one -> lsn.apply(one).isBefore(divergence));
        return Stream.concat(shared, reader.stretches.stream().flatMap(stretch -> part.apply(stretch).stream()))
                .toList();
    }

    List<FileCopyDatabase> fileCopyDatabases() {
        return directories.stream()
                .filter(FileCopyDatabase.class::isInstance)
                .map(FileCopyDatabase.class::cast)
                .toList();
    }

    /** Reads stretches of segments between those that nobody has. */
    private static final class Reader {

        private final Settings settings;
        private final RewindEvidence facts;
        private final WalSegmentSource wal;
        private final List<ChangedBlocks> stretches = new ArrayList<>();
        private final List<WalSegmentName> unseen = new ArrayList<>();

        Reader(Settings settings, RewindEvidence facts, WalSegmentSource wal) {
            this.settings = settings;
            this.facts = facts;
            this.wal = wal;
        }

        void read(Lsn divergence, Lsn end) throws IOException {
            if (!end.isAfter(divergence)) {
                return;
            }
            Lsn from = divergence;
            for (WalSegmentName segment : facts.walFiles().needed(divergence, end)) {
                if (!isThere(segment)) {
                    readStretch(from, segment.begin(), Lsn.INVALID);
                    unseen.add(segment);
                    from = segment.end();
                }
            }
            readStretch(from, end, end);
        }

        private boolean isThere(WalSegmentName segment) throws IOException {
            Optional<WalSegment> found = wal.open(segment);
            if (found.isPresent()) {
                found.get().close();
            }
            return found.isPresent();
        }

        /** A record that continues in a segment that nobody has is as unknown as what that segment holds. */
        private void readStretch(Lsn from, Lsn until, Lsn known) throws IOException {
            if (!from.isBefore(until)) {
                return;
            }
            ControlFile target = facts.targetControl();
            stretches.add(ChangedBlockCollector.of(
                            wal,
                            target.version(),
                            target.walSegmentSize(),
                            facts.source().history())
                    .redo(from)
                    .reaching(known)
                    .end(until)
                    .threads(settings.threads())
                    .collect());
        }

        private Map<ResourceManager, Lsn> customManagers() {
            Map<ResourceManager, Lsn> all = new LinkedHashMap<>();
            stretches.forEach(stretch -> stretch.customManagers().forEach(all::putIfAbsent));
            return all;
        }

        private Map<RelFileLocator, Long> truncations() {
            Map<RelFileLocator, Long> all = new HashMap<>();
            stretches.forEach(stretch ->
                    stretch.truncations().forEach((relation, length) -> all.merge(relation, length, Math::min)));
            return all;
        }
    }
}
