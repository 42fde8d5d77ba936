package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.salvage.BundleFiles;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.wal.control.ControlFile;

/** Whether what a rewind overwrites and removes can be kept where it is to be kept. */
record SalvageRoom(Path bundle, Path target, ControlFile targetControl, Listing targetFiles) {

    private static final long RESERVE = 8L << 20;

    void check(List<FileAction> actions, Preconditions preconditions) throws IOException {
        Path place = Files.isDirectory(bundle) ? bundle : bundle.getParent();
        if (place == null || !Files.isDirectory(place) || !Files.isWritable(place)) {
            preconditions.add(
                    Kind.UNWRITABLE_PATH,
                    "what the rewind overwrites is to be kept in \"" + bundle + "\", which cannot be written",
                    "create the directory that it is to lie in, with the right to write there.");
            return;
        }
        if (liesInTarget(place.toRealPath())) {
            preconditions.add(
                    Kind.UNWRITABLE_PATH,
                    "what the rewind overwrites is to be kept in \"" + bundle
                            + "\", which is part of the target: the rewind would remove it",
                    "name a directory outside of the target.");
            return;
        }
        if (isTaken()) {
            preconditions.add(
                    Kind.UNWRITABLE_PATH,
                    "what the rewind overwrites is to be kept in \"" + bundle + "\", which holds something else",
                    "name an empty directory, or one that is not there yet.");
        }
        long needed = actions.stream().mapToLong(this::kept).sum() + RESERVE;
        long free = Files.getFileStore(place).getUsableSpace();
        if (free < needed) {
            preconditions.add(
                    Kind.NOT_ENOUGH_DISK,
                    String.format(
                            Locale.ROOT,
                            "the file system of \"%s\" has %d bytes free, and what the rewind overwrites can take %d",
                            bundle,
                            free,
                            needed),
                    "free that much, or keep it elsewhere.");
        }
    }

    private boolean liesInTarget(Path place) throws IOException {
        List<Path> parts = new ArrayList<>(List.of(target.toRealPath()));
        for (SourceFile file : targetFiles.files()) {
            if (file.type() == SourceFile.Type.SYMLINK
                    && Files.isDirectory(file.path().in(target))) {
                parts.add(file.path().in(target).toRealPath());
            }
        }
        return parts.stream().anyMatch(place::startsWith);
    }

    /** What a rewind of this very target left that did not come to be sealed may be replaced. */
    private boolean isTaken() throws IOException {
        if (!Files.isDirectory(bundle)) {
            return Files.exists(bundle);
        }
        BundleFiles files = new BundleFiles(bundle);
        if (files.isThere()) {
            return !Manifest.fingerprint(files.controlFile()).equals(Manifest.fingerprint(targetControl.toBytes()));
        }
        try (Stream<Path> contents = Files.list(bundle)) {
            return contents.anyMatch(file -> !BundleFiles.isPart(file));
        }
    }

    /** How much of a compared file differs is known when it has been compared. */
    private long kept(FileAction action) {
        if (action instanceof UpdateFile
                || action instanceof CreateDirectory
                || action instanceof CreateTablespaceLink) {
            return 0;
        }
        long size = size(action.path());
        if (action instanceof CopyRanges copy) {
            return Math.min(size, copy.bytes()) + Math.max(0, size - copy.finalSize());
        }
        return action instanceof Truncate truncate ? size - truncate.size() : size;
    }

    private long size(DataPath path) {
        return targetFiles.find(path).map(SourceFile::size).orElse(0L);
    }
}
