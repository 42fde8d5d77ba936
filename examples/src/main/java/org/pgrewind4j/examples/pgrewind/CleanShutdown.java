package org.pgrewind4j.examples.pgrewind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

/** Whether a target needs no recovery: what {@code --no-ensure-shutdown} insists on, though the library does not. */
final class CleanShutdown {

    private CleanShutdown() {}

    static boolean of(Path target) throws IOException {
        ClusterState state = ControlFile.parse(Files.readAllBytes(DataPath.CONTROL_FILE.in(target)))
                .state();
        return state == ClusterState.SHUT_DOWN || state == ClusterState.SHUT_DOWN_IN_RECOVERY;
    }
}
