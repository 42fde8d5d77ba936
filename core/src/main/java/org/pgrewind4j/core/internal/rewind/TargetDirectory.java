package org.pgrewind4j.core.internal.rewind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.internal.area.FailureReason;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectoryException;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.control.ControlFileException;

/**
 * Whether the target is a data directory at all: what is looked at before anything in it is understood. Where it is none, what
 * the source says against a rewind is told as well, so that nobody has to find out one after the other.
 */
final class TargetDirectory {

    private final Settings settings;
    private final Preconditions preconditions;

    TargetDirectory(Settings settings, Preconditions preconditions) {
        this.settings = settings;
        this.preconditions = preconditions;
    }

    /** Whether it is a directory that can be read; else why not is added to the preconditions. */
    boolean isThere() {
        return isSound(DataDirectoryException.find(Side.TARGET, settings.target()));
    }

    /** What makes a report impossible cannot be part of it. */
    static void require(Path target) {
        DataDirectoryException.find(Side.TARGET, target).ifPresent(none -> {
            throw new ProblemException(Problem.of(none), none);
        });
    }

    /** Its control file, wherever it is; else why there is none is added to the preconditions. */
    Optional<ControlFile> controlFile(LocalDirectoryTransport target, StagingArea area) throws IOException {
        if (area.state() != StagingArea.State.OVERWRITING
                && !isSound(DataDirectoryException.findInCluster(Side.TARGET, settings.target()))) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(target, area));
        } catch (ControlFileException | UnsupportedVersionException e) {
            refuse(damaged(e, settings.target()));
            return Optional.empty();
        }
    }

    /** The control file of a target that no other rewind has begun to work on, or has in place. */
    static ControlFile controlFile(Settings settings, LocalDirectoryTransport target) throws IOException {
        StagingArea area = new StagingArea(settings.target(), List.of());
        try {
            if (area.state() != StagingArea.State.OVERWRITING) {
                Optional<DataDirectoryException> none =
                        DataDirectoryException.findInCluster(Side.TARGET, settings.target());
                if (none.isPresent()) {
                    throw none.get();
                }
            }
            return read(target, area);
        } catch (ControlFileException | UnsupportedVersionException e) {
            throw new ProblemException(damaged(e, settings.target()), e);
        }
    }

    /** An execution in place that was interrupted has left the control file aside. */
    private static ControlFile read(LocalDirectoryTransport target, StagingArea area) throws IOException {
        return area.state() == StagingArea.State.OVERWRITING
                ? ControlFile.parse(Files.readAllBytes(area.plannedControlFile()))
                : target.controlFile();
    }

    private static Problem damaged(PgRewindException e, Path target) {
        return FailureReason.ofFile(
                Side.TARGET, DataPath.CONTROL_FILE.in(target).toString(), e);
    }

    private boolean isSound(Optional<DataDirectoryException> fault) {
        fault.map(Problem::of).ifPresent(this::refuse);
        return fault.isEmpty();
    }

    private void refuse(Problem problem) {
        preconditions.add(problem);
        try {
            preconditions.checkServer(settings.source().problems());
        } catch (IOException | PgRewindException e) {
            FailureReason.between(settings.target(), settings.source().description())
                    .find(e, "look at the source, and plan again.")
                    .ifPresent(preconditions::add);
        }
    }
}
