package org.pgrewind4j.transport.local;

import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.DataPath;

/**
 * What was named as a data directory of this machine is none, or cannot be read. {@link #getFile} is the path.
 */
public final class DataDirectoryException extends FileSystemException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Why it cannot be used. New reasons can be added in later releases. */
    public enum Reason {
        /** There is nothing at that path. */
        MISSING,
        /** There is a file at that path. */
        NOT_A_DIRECTORY,
        /** This process may not enter the directory, or not read something in it that it has to. */
        UNREADABLE,
        /** The directory holds no control file. */
        NOT_A_CLUSTER
    }

    /** Whose directory it is. */
    private final Side side;

    /** Why it cannot be used. */
    private final Reason reason;

    /** The whole message, without its cure. */
    private final String problem;

    /** What to do about it. */
    private final String cure;

    /**
     * Creates the error.
     *
     * @param side whose directory it is
     * @param reason why it cannot be used
     * @param path the directory, or the file in it
     */
    public DataDirectoryException(Side side, Reason reason, Path path) {
        super(path.toString(), null, reason.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        this.side = side;
        this.reason = reason;
        String named = side == Side.TARGET ? "the target \"" + path + "\"" : "the source \"" + path + "\"";
        switch (reason) {
            case MISSING -> {
                problem = named + " does not exist";
                cure = "check the path: it must be a data directory.";
            }
            case NOT_A_DIRECTORY -> {
                problem = named + " is not a directory";
                cure = "check the path: it must be a data directory.";
            }
            case UNREADABLE -> {
                problem = named + " cannot be read: permission denied";
                cure = "run as the user that the directory belongs to, usually postgres.";
            }
            default -> {
                problem = named + " is not a data directory: it has no \"" + DataPath.CONTROL_FILE + "\"";
                cure = "check the path: it must be a data directory.";
            }
        }
    }

    /**
     * Looks whether a path is a directory that can be read.
     *
     * @param side whose directory it is
     * @param path the directory
     * @return why it is not; empty if it is
     */
    public static Optional<DataDirectoryException> find(Side side, Path path) {
        requireNonNull(path, "dataDirectory");
        Reason reason = null;
        if (!Files.exists(path)) {
            Path parent = path.toAbsolutePath().getParent();
            // What lies in a directory that may not be entered seems not to be there.
            boolean isHidden = parent != null && Files.isDirectory(parent) && !Files.isExecutable(parent);
            reason = isHidden ? Reason.UNREADABLE : Reason.MISSING;
        } else if (!Files.isDirectory(path)) {
            reason = Reason.NOT_A_DIRECTORY;
        } else if (!Files.isReadable(path) || !Files.isExecutable(path)) {
            reason = Reason.UNREADABLE;
        }
        return Optional.ofNullable(reason).map(found -> new DataDirectoryException(side, found, path));
    }

    /**
     * Looks whether a path is a data directory: a directory that can be read, and has a control file that can be.
     *
     * @param side whose directory it is
     * @param path the directory
     * @return why it is not; empty if it is
     */
    public static Optional<DataDirectoryException> findInCluster(Side side, Path path) {
        Optional<DataDirectoryException> found = find(side, path);
        if (found.isPresent()) {
            return found;
        }
        Path controlFile = DataPath.CONTROL_FILE.in(path);
        Path global = controlFile.getParent();
        if (global != null && Files.isDirectory(global) && !Files.isExecutable(global)) {
            return Optional.of(new DataDirectoryException(side, Reason.UNREADABLE, global));
        }
        if (!Files.isRegularFile(controlFile)) {
            return Optional.of(new DataDirectoryException(side, Reason.NOT_A_CLUSTER, path));
        }
        return Files.isReadable(controlFile)
                ? Optional.empty()
                : Optional.of(new DataDirectoryException(side, Reason.UNREADABLE, controlFile));
    }

    /**
     * Whose directory it is.
     *
     * @return target or source
     */
    public Side side() {
        return side;
    }

    /**
     * Why it cannot be used.
     *
     * @return the reason, for programs
     */
    public Reason reason() {
        return reason;
    }

    /**
     * What is wrong.
     *
     * @return the message without its {@code HINT:} line
     */
    public String problem() {
        return VisibleText.ofLines(problem);
    }

    /**
     * What to do about it.
     *
     * @return a sentence
     */
    public String cure() {
        return cure;
    }

    /** Names the side and the path, with the cure as its {@code HINT:} line. */
    @Override
    public String getMessage() {
        return PgRewindException.withHint(problem(), cure);
    }
}
