package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.AfterSeal;
import org.pgrewind4j.core.Cancellation;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.RestoredBackup;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.ArchivedWal;
import org.pgrewind4j.core.internal.cluster.ByteCount;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.cluster.ReplayStart;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.events.PhaseEvents;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * What staging and sealing need to know to make of a target what a source is. They know an order, and nothing of why it
 * is right: that is proven by whoever gives it, and by the checks that come with it.
 *
 * @param target the data directory that is changed
 * @param base its control file, for which all was decided: while it has another one, nothing may be changed
 * @param source gives the bytes
 * @param replay what the server that starts on the result is to replay
 * @param actions what becomes of each path, in order
 * @param walFiles what becomes of the WAL
 * @param archive gives the segments that the source no longer has
 * @param restorable the segments that the server gets by itself when it replays
 * @param configuration what is to be in the configuration files that the actions write
 * @param links the target's symbolic links to directories behind which something is staged
 * @param checks what must hold of all that is staged before it is sealed
 * @param manner how it is done
 * @param equal the files that stay as they are because their content was found to be the source's already
 * @param restore what a restore does otherwise; null for a rewind
 * @param beforeSeal what is done just before it is sealed; null for nothing
 */
public record Order(
        Path target,
        ControlFile base,
        Transport source,
        Replay replay,
        List<FileAction> actions,
        WalFiles walFiles,
        ArchivedWal archive,
        Predicate<WalSegmentName> restorable,
        Configuration configuration,
        List<DataPath> links,
        List<StagedDataCheck> checks,
        Manner manner,
        List<DataPath> equal,
        @Nullable Restore restore,
        @Nullable BeforeSeal beforeSeal) {

    public Order {
        equal = List.copyOf(equal);
        actions = List.copyOf(actions);
        links = List.copyOf(links);
        checks = List.copyOf(checks);
    }

    /** What messages call it. */
    public String work() {
        return restore == null ? "rewind" : "restore";
    }

    /**
     * What makes a restore of it. A backup brings its own label, and of WAL what it holds among its files; its pages are
     * taken as they are, for its checksums were good, and replay mends what was torn when they were copied.
     *
     * @param backup what is restored
     * @param replaced the {@linkplain Manifest#fingerprint(Path) fingerprint} of the target's control file for which all
     *     was decided, instead of the base's
     * @param controlFile owner, permissions and time that the backup's control file gets
     */
    public record Restore(RestoredBackup backup, String replaced, SetAttributes controlFile) {}

    /**
     * What a server is to replay.
     *
     * @param history the timelines that it goes along
     * @param divergence where the target's history leaves them; null if what the target was does not matter
     * @param start where it starts
     * @param end where it must arrive, as of now; the source is asked again after the last byte was staged
     */
    public record Replay(TimelineHistory history, @Nullable Divergence divergence, ReplayStart start, ReplayEnd end) {

        /** The positions that are kept with what is staged. */
        Manifest.ReplayPoints upTo(Lsn arrived) {
            return new Manifest.ReplayPoints(divergence, start.redo(), arrived);
        }
    }

    /**
     * How an order is executed.
     *
     * @param copyMode whether changed blocks are staged before they are put in place
     * @param durability whether what is written is forced to the disk
     * @param afterSeal what a cancellation does once all is sealed
     * @param cancellation what may end it early
     * @param verify what is proven of the result
     * @param restorable the WAL segments that the started server gets by itself
     * @param threads how many files are compared at once
     * @param listener receives phases and progress
     */
    public record Manner(
            CopyMode copyMode,
            Durability durability,
            AfterSeal afterSeal,
            Cancellation cancellation,
            Verify verify,
            Predicate<WalSegmentName> restorable,
            int threads,
            PhaseEvents listener) {}

    /** Knows what a configuration file is to hold. */
    public interface Configuration {
        byte[] content(WriteConfiguration action) throws IOException;
    }

    /** What reports call target, source and cluster. */
    public Participants participants() {
        return Participants.of(target, Optional.of(source.description()), base);
    }

    /** {@linkplain Manifest#fingerprint Tells} the base from other control files. */
    public String fingerprint() {
        return restore == null ? Manifest.fingerprint(base.toBytes()) : restore.replaced();
    }

    /** Whether the target's control file is the one for which all was decided. */
    public boolean isPlannedFor(Path controlFile) throws IOException {
        return restore == null
                ? Arrays.equals(Files.readAllBytes(controlFile), base.toBytes())
                : Manifest.fingerprint(controlFile).equals(restore.replaced());
    }

    /** What is taken by some of the actions, by kind. */
    public CopiedBytes bytes(Collection<? extends FileAction> taken) {
        return new ByteCount(RelationGeometry.of(base), walFiles).of(taken);
    }

    /** What is kept of this order with what is staged: all but the steps. */
    public Manifest manifest(Lsn arrived, Collection<? extends FileAction> taken, StagingArea area) {
        return new Manifest(
                fingerprint(),
                replay.upTo(arrived),
                bytes(taken),
                List.copyOf(area.places().keySet()),
                List.of(),
                restore == null ? null : restore.backup());
    }
}
