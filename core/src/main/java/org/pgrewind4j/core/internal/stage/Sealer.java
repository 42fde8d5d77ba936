package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.ManifestText;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.BackupLabel;
import org.pgrewind4j.core.internal.cluster.BranchIdentity;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.stage.StagePhase.Staged;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Completes a staging area: control file, backup label and manifest, all durable before the one rename that makes it
 * count.
 */
public final class Sealer {

    private static final String LABEL = "backup_label";

    private final Order order;
    private final StagingArea area;
    private final FileOperations files;

    public Sealer(Order order, StagingArea area, FileOperations files) {
        this.order = order;
        this.area = area;
        this.files = files;
    }

    public Manifest seal(List<FetchedFile> copies, Staged staged) throws IOException {
        ReplayEnd end = staged.end();
        if (order.restore() == null) {
            SealedReplayEnd.require(end, order.replay().history());
        }
        List<FetchedFile> lasting =
                copies.stream().filter(copy -> !copy.isVanished()).toList();
        // Dropped on the source since it was listed; replay drops it here too, should it be gone or not.
        Set<DataPath> vanished = new LinkedHashSet<>();
        copies.stream().filter(FetchedFile::isVanished).forEach(copy -> vanished.add(copy.path()));
        List<Manifest.Step> copied = new ArrayList<>(copied(lasting, vanished));
        Instant now = Clock.systemUTC().instant();
        Order.Restore restore = order.restore();
        if (restore == null) {
            copied.add(stageLabel(now, end));
        }
        for (FileAction action : order.actions()) {
            if (action instanceof FileAction.WriteConfiguration configuration) {
                copied.add(stageConfiguration(configuration));
            }
        }
        if (restore == null) {
            files.write(area.newControlFile(), controlFile(end, now).toBytes());
        } else {
            files.write(area.newControlFile(), RestoredControlFile.of(order.source(), end));
            files.setAttributes(
                    area.newControlFile(),
                    restore.controlFile().attributes(),
                    restore.controlFile().modified());
        }
        Manifest manifest = order.manifest(
                        end.lsn(), lasting.stream().map(FetchedFile::action).toList(), area)
                .with(steps(copied, vanished, staged.result().additions()));
        files.syncFiles(lasting.stream().map(FetchedFile::file).collect(Collectors.toSet()));
        syncEqual();
        BeforeSeal todo = order.beforeSeal();
        if (todo != null) {
            todo.perform(manifest, area, files);
        }
        Path unfinished = area.root().resolve("manifest.new");
        files.write(unfinished, ManifestText.format(manifest));
        // All that the manifest refers to outlives a crash before the manifest itself can.
        area.sync(files);
        files.move(unfinished, area.manifest());
        files.syncDirectory(area.root());
        return manifest;
    }

    /**
     * What was found equal was compared as the system shows it, which need not be what is on the disk: a server that
     * was killed had written it, and never synced it. Nothing is left in the manifest that would write it again after a
     * crash of the machine.
     */
    private void syncEqual() throws IOException {
        DataDirectory target = DataDirectory.of(order.target());
        Set<Path> equal = new LinkedHashSet<>();
        for (FileAction action : order.actions()) {
            if (action instanceof FileAction.UpdateFile) {
                equal.add(target.resolve(action.path()));
            }
        }
        for (DataPath path : order.equal()) {
            equal.add(target.resolve(path));
        }
        files.syncFiles(equal);
        Set<Path> directories = new LinkedHashSet<>();
        equal.forEach(file -> directories.add(file.getParent()));
        for (Path directory : directories) {
            files.syncDirectory(directory);
        }
    }

    /** A step for each path: a file that was written in place can be staged from its end on. */
    private static Collection<Manifest.Step> copied(List<FetchedFile> copies, Set<DataPath> vanished) {
        Map<DataPath, Manifest.Step> steps = new LinkedHashMap<>();
        for (FetchedFile copy : copies) {
            if (!vanished.contains(copy.path())) {
                steps.merge(
                        copy.path(),
                        copy.step(),
                        (behind, inside) -> ((Manifest.Parts) inside).and((Manifest.Parts) behind));
            }
        }
        return steps.values();
    }

    /**
     * What must make way, directories and links, then what fills them, then the removals, the deepest path first. Owner
     * and permissions of a directory go last: they may forbid what comes before.
     */
    private List<Manifest.Step> steps(List<Manifest.Step> copied, Set<DataPath> vanished, List<FileAction> additions) {
        List<Manifest.Step> creations = new ArrayList<>();
        List<Manifest.Step> rest = new ArrayList<>();
        Set<Object> filled = new LinkedHashSet<>();
        copied.forEach(step -> filled.add(step.path()));
        Set<DataPath> stays = new LinkedHashSet<>();
        additions.forEach(addition -> stays.add(addition.path()));
        List<Manifest.Step> clearances = new ArrayList<>();
        Map<DataPath, Manifest.Step> attributes = new LinkedHashMap<>();
        for (FileAction action : order.actions()) {
            if (action instanceof FileAction.ClearPath) {
                clearances.add(new Manifest.Plain(action));
            } else if (action instanceof FileAction.SetAttributes) {
                attributes.put(action.path(), new Manifest.Plain(action));
            } else if (action instanceof FileAction.CreateDirectory
                    || action instanceof FileAction.CreateTablespaceLink) {
                creations.add(new Manifest.Plain(action));
            } else if (!(action instanceof CopyFile
                    || action instanceof CopyRanges
                    || action instanceof FileAction.UpdateFile
                    || action instanceof FileAction.RepeatWal
                    || filled.contains(action.path())
                    || stays.contains(action.path()))) {
                rest.add(new Manifest.Plain(action));
            }
        }
        List<Manifest.Step> steps = new ArrayList<>(clearances);
        steps.addAll(creations);
        additions.stream()
                // What is there, perhaps as a link, just stays.
                .filter(addition -> !Files.isDirectory(addition.path().in(order.target())))
                .forEach(addition -> steps.add(new Manifest.Plain(addition)));
        for (Manifest.Step step : copied) {
            steps.add(step);
            // At once, so that the file is forced to the disk once.
            Optional.ofNullable(attributes.remove(step.path())).ifPresent(steps::add);
        }
        vanished.forEach(path -> steps.add(new Manifest.Plain(new FileAction.RemoveFile(path))));
        steps.addAll(rest);
        steps.addAll(attributes.values());
        return steps;
    }

    private Manifest.Step stageLabel(Instant now, ReplayEnd end) throws IOException {
        BranchIdentity branch = BranchIdentity.of(
                order.source().wal(),
                new Cluster(end.controlFile(), order.replay().history()),
                end.lsn());
        SealedBranch.write(branch, area, files);
        byte[] label = BackupLabel.format(
                order.replay().start(), order.replay().history(), order.base().walSegmentSize(), now, branch);
        files.write(area.in("", LABEL), label);
        return new Manifest.WholeFile(BackupLabel.PATH, label.length, crc(label), "", LABEL);
    }

    private Manifest.Step stageConfiguration(FileAction.WriteConfiguration action) throws IOException {
        byte[] content = order.configuration().content(action);
        String name = action.path().fileName();
        files.write(area.in("", name), content);
        return new Manifest.WholeFile(action.path(), content.length, crc(content), "", name);
    }

    /** The source's control file, in the state of a standby that must replay up to the end. */
    private static ControlFile controlFile(ReplayEnd end, Instant now) {
        return end.controlFile()
                .patch()
                .state(ClusterState.IN_ARCHIVE_RECOVERY)
                .time(now)
                .minRecoveryPoint(end.lsn(), end.timeline())
                .build();
    }

    static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
