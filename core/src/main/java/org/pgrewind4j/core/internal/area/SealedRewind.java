package org.pgrewind4j.core.internal.area;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgrewind4j.timeline.PgRewindException;

/** Whether a target holds what was sealed and not applied to its end, so that it can be finished without a source. */
public final class SealedRewind {

    private static final System.Logger LOG = System.getLogger(SealedRewind.class.getName());

    private SealedRewind() {}

    public static boolean isIn(Path target) throws IOException {
        StagingArea area = new StagingArea(target, List.of());
        return switch (area.state()) {
            case NONE, UNSEALED, OVERWRITING, APPLIED -> false;
            case HALF_APPLIED -> true;
            case SEALED -> isStillSealed(area);
        };
    }

    /**
     * A target whose control file changed since the seal was started meanwhile: what was staged fits it no more. Nor is
     * a manifest of use that cannot be read, while the target is still whole.
     */
    private static boolean isStillSealed(StagingArea area) throws IOException {
        String sealed;
        try {
            sealed = ManifestText.parse(Files.readAllBytes(area.manifest())).targetControlFile();
        } catch (PgRewindException e) {
            LOG.log(System.Logger.Level.WARNING, "what an interrupted rewind staged is dropped: {0}", e.getMessage());
            return false;
        }
        return Manifest.fingerprint(Files.readAllBytes(area.controlFile())).equals(sealed);
    }
}
