package org.pgrewind4j.core.internal.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.internal.area.ServerLock;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.area.TargetFailure;
import org.pgrewind4j.core.internal.area.TargetLock;
import org.pgrewind4j.core.internal.config.StandbyFiles;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/**
 * Makes a standby of a target that has nothing to be rewound. It needs no seal: each file is put in place in one step,
 * and between two of them the target is what it was, with settings that only a standby looks at.
 */
public final class StandbyWriter {

    private final Path target;
    private final StandbySettings settings;
    private final FileOperations files;

    private StandbyWriter(Path target, StandbySettings settings, FileOperations files) {
        this.target = target;
        this.settings = settings;
        this.files = files;
    }

    /** Writes what the settings ask for. */
    public static void write(Path target, StandbySettings settings, Durability durability) {
        write(target, settings, LocalFileOperations.on(target, durability));
    }

    /** Writes with file operations of the caller's. */
    public static void write(Path target, StandbySettings settings, FileOperations files) {
        new StandbyWriter(target, settings, files).write();
    }

    private void write() {
        try (TargetLock lock = TargetLock.acquire(target, files);
                LocalDirectoryTransport base = LocalDirectoryTransport.open(target)) {
            ServerLock.requireNoServer(target);
            write(new StandbyFiles(Optional.of(settings), base.controlFile().version()), base, lock);
        } catch (IOException | RuntimeException e) {
            throw TargetFailure.failed(
                    "cannot make a standby of \"" + target + "\"", target, "", TargetState.UNTOUCHED, e);
        }
    }

    private void write(StandbyFiles standby, LocalDirectoryTransport base, TargetLock lock) throws IOException {
        StagingArea area = new StagingArea(target, List.of());
        area.remove(files);
        Map<WriteConfiguration, byte[]> changes = changes(standby, base);
        if (!changes.isEmpty()) {
            area.create(files);
            lock.keepServersOff(target, area);
            for (Map.Entry<WriteConfiguration, byte[]> change : changes.entrySet()) {
                DataPath path = change.getKey().path();
                put(area.in("", path.fileName()), change.getValue(), path.in(target));
            }
            area.remove(files);
        }
    }

    /** What is to be in the files that do not hold it yet, in the order in which they must be written. */
    private Map<WriteConfiguration, byte[]> changes(StandbyFiles standby, LocalDirectoryTransport base)
            throws IOException {
        Map<WriteConfiguration, byte[]> changes = new LinkedHashMap<>();
        for (WriteConfiguration action : standby.actions()) {
            byte[] content = standby.content(action, base);
            Path path = action.path().in(target);
            if (!Files.exists(path) || !Arrays.equals(Files.readAllBytes(path), content)) {
                changes.put(action, content);
            }
        }
        return changes;
    }

    private void put(Path staged, byte[] content, Path path) throws IOException {
        files.write(staged, content);
        files.move(staged, path);
        files.syncDirectory(target);
    }
}
