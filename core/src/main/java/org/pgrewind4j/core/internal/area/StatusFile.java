package org.pgrewind4j.core.internal.area;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Participants;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.RewindStatus;
import org.pgrewind4j.core.RewindStatus.Told;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Reports to other programs how far an execution is: a small file beside what is staged, replaced in one step when a
 * phase begins and at each further percent of it. It decides nothing; what a target is good for is given by the
 * {@link StagingArea}, so it is not forced to the disk, and a failure to write it is none of the rewind's.
 */
public final class StatusFile implements RewindListener {

    private static final System.Logger LOG = System.getLogger(StatusFile.class.getName());

    private final RewindListener listener;
    private final StagingArea area;
    private final FileOperations files;
    private final Participants participants;
    private final Instant started;
    private int percent;

    private StatusFile(
            RewindListener listener,
            StagingArea area,
            FileOperations files,
            Participants participants,
            Instant started) {
        this.listener = listener;
        this.area = area;
        this.files = files;
        this.participants = participants;
        this.started = started;
    }

    /** Starts to report a rewind, and passes all on to the listener. */
    public static StatusFile of(
            Participants participants, RewindListener listener, StagingArea area, FileOperations files) {
        return new StatusFile(listener, area, files, participants, Instant.now());
    }

    /** Goes on telling of a rewind that was interrupted. Its source is known from what it told of itself. */
    public static StatusFile resumed(Path target, RewindListener listener, StagingArea area, FileOperations files)
            throws IOException {
        Optional<Told> before = told(area);
        ControlFile sealed = ControlFile.parse(Files.readAllBytes(area.newControlFile()));
        return new StatusFile(
                listener,
                area,
                files,
                Participants.of(
                        target, before.flatMap(told -> told.participants().source()), sealed),
                before.map(Told::started).orElseGet(Instant::now));
    }

    /** A report that also says who took part, and when. */
    public RewindReport.Builder of(RewindReport done) {
        return done.toBuilder().participants(participants).between(started, Instant.now());
    }

    /** What a target's files say. */
    public static Optional<RewindStatus> read(Path target) throws IOException {
        StagingArea area = new StagingArea(target, List.of());
        return switch (area.state()) {
            case NONE -> Optional.empty();
            case UNSEALED -> Optional.of(status(RewindStatus.State.STAGING, area));
            case OVERWRITING -> Optional.of(status(RewindStatus.State.OVERWRITING, area));
            case SEALED -> Optional.of(status(RewindStatus.State.SEALED, area));
            case HALF_APPLIED -> Optional.of(status(RewindStatus.State.HALF_APPLIED, area));
            case APPLIED -> Optional.of(status(RewindStatus.State.APPLIED, area));
        };
    }

    private static RewindStatus status(RewindStatus.State state, StagingArea area) throws IOException {
        return new RewindStatus(state, told(area).orElse(null));
    }

    private static Optional<Told> told(StagingArea area) throws IOException {
        try {
            return StatusText.parse(Files.readAllBytes(area.status()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void phaseStarted(Phase phase) {
        percent = 0;
        write(new Progress(phase, 0, 0, 0, 0));
        listener.phaseStarted(phase);
    }

    @Override
    public void progressed(Progress progress) {
        Told told = told(progress);
        if (told.percent() > percent) {
            percent = told.percent();
            write(progress);
        }
        listener.progressed(progress);
    }

    private Told told(Progress progress) {
        return new Told(
                progress.phase(),
                started,
                Instant.now(),
                participants,
                ProcessHandle.current().pid(),
                progress.bytesDone(),
                progress.bytesExpected());
    }

    private void write(Progress progress) {
        byte[] text = StatusText.format(told(progress));
        Path written = area.root().resolve("status.new");
        try {
            try (WritableFile file = files.open(written)) {
                file.resize(0);
                file.write(ByteBuffer.wrap(text), 0);
            }
            files.move(written, area.status());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "no status is told: {0}", PgRewindException.describe(e));
        }
    }
}
