package org.pgrewind4j.core.internal.area;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.timeline.PgRewindException;

/** Takes the target's control file out of its place: from then on no server starts. */
public final class ControlFileAside {

    private ControlFileAside() {}

    /**
     * Moves it, durably. A process that was killed before it made the move durable has moved the file already; nothing
     * may be written before that is made good.
     *
     * @param fingerprint the {@linkplain Manifest#fingerprint fingerprint} of the control file that all was planned for
     * @throws PgRewindException if it is another one, which is put back
     */
    public static void move(StagingArea area, FileOperations files, String fingerprint) throws IOException {
        Path controlFile = area.controlFile();
        boolean isInPlace = StagingArea.isThere(controlFile);
        if (isInPlace) {
            // Where a crash left the file under both names, moving one onto the other would do nothing.
            files.delete(area.controlFileAside());
            files.move(controlFile, area.controlFileAside());
        }
        area.syncControlFile(files);
        if (isInPlace) {
            requirePlanned(area, files, fingerprint);
        }
    }

    /** A server that was started at the last moment has written the control file before it wrote anything else. */
    private static void requirePlanned(StagingArea area, FileOperations files, String fingerprint) throws IOException {
        byte[] aside = Files.readAllBytes(area.controlFileAside());
        if (!Manifest.fingerprint(aside).equals(fingerprint)) {
            files.move(area.controlFileAside(), area.controlFile());
            area.syncControlFile(files);
            throw ServerLock.startedSincePlanned(area.dataDirectory());
        }
    }
}
