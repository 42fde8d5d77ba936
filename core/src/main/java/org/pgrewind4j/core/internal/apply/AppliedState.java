package org.pgrewind4j.core.internal.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.VerificationException;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.events.ProgressCounter;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.control.ControlFile;

/** Whether files are what a manifest says, before anything is done to them. */
public final class AppliedState {

    private AppliedState() {}

    /**
     * Looks at each path that a manifest's steps changed.
     *
     * @throws VerificationException at the first one that is not as its step left it
     */
    public static void check(Path target, Manifest manifest) throws IOException {
        ControlFile control = ControlFile.parse(Files.readAllBytes(DataPath.CONTROL_FILE.in(target)));
        ProgressCounter nobody = new ProgressCounter(RewindListener.none(), Phase.VERIFY, 0, 0);
        AppliedFilesCheck.of(target, control, manifest, nobody).check(manifest.steps());
    }

    /**
     * Reads what is staged.
     *
     * @throws PgRewindException if any of it is not what the manifest says
     */
    public static void checkStaged(Path target, StagingArea area, Manifest manifest) throws IOException {
        new SealedDataCheck(target, area).check(manifest);
    }
}
