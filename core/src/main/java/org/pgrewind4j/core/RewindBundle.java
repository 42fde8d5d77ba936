package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.core.internal.salvage.BundleFiles;
import org.pgrewind4j.core.internal.salvage.Undo;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * What a rewind overwrote and removed, as {@link Rewind#salvage} kept it: the abandoned WAL, the old blocks and files, and the
 * old control file. As long as no server was started on the rewound target, it brings the old primary back as it was, so that
 * what was committed on the abandoned branch alone can be read and saved.
 *
 * <p>Content, permissions, links and directories come back; times of files do not, nor does the {@code postmaster.pid} of a
 * killed server, and a directory that was created outside of the target for a new tablespace stays, empty.
 */
public final class RewindBundle {

    private final Path directory;

    private RewindBundle(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a bundle, and reads all of it.
     *
     * @param directory where {@link Rewind#salvage} kept it
     * @return the bundle, which holds no file open
     * @throws PgRewindException if there is none, or if it is damaged
     */
    public static RewindBundle open(Path directory) {
        RewindBundle bundle = new RewindBundle(
                requireNonNull(directory, "directory").toAbsolutePath().normalize());
        bundle.verify();
        return bundle;
    }

    /**
     * Where it lies.
     *
     * @return the directory
     */
    public Path directory() {
        return directory;
    }

    /**
     * Reads all of it.
     *
     * @throws PgRewindException if any part of it is not what was written
     */
    public void verify() {
        try {
            new BundleFiles(directory).verify();
        } catch (IOException e) {
            throw new PgRewindException(
                    "cannot read the bundle in \"" + directory + "\": " + PgRewindException.describe(e), e);
        }
    }

    /**
     * Brings the target back to what it was before the rewind. Staged, sealed and applied like a rewind: where it is
     * interrupted, the same call finishes it, or {@link Rewind#resume}. Done again it does nothing.
     *
     * @param targetDirectory the data directory that was rewound
     * @throws RewindRefusedException if the target is not what the rewind left: a server was started on it since, somebody
     *     changed a file, or the rewind is still to be finished
     * @throws RewindException if it fails; it says in what state the target is
     * @throws PgRewindException if the bundle is damaged
     */
    public void undo(Path targetDirectory) {
        undo(targetDirectory, Durability.SYNC, RewindListener.none());
    }

    /**
     * As {@link #undo(Path)}.
     *
     * @param targetDirectory the data directory that was rewound
     * @param durability whether what is written is forced to the disk
     * @param listener receives progress
     * @throws RewindRefusedException if the target is not what the rewind left
     * @throws RewindException if it fails; it says in what state the target is
     * @throws PgRewindException if the bundle is damaged
     */
    public void undo(Path targetDirectory, Durability durability, RewindListener listener) {
        Path target = requireNonNull(targetDirectory, "targetDirectory")
                .toAbsolutePath()
                .normalize();
        requireNonNull(durability, "durability");
        requireNonNull(listener, "listener");
        Undo.undo(directory, target, LocalFileOperations.on(target, durability), listener);
    }
}
