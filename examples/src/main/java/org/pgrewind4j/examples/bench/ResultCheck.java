package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pgrewind4j.testserver.PageComparison;
import org.pgrewind4j.testserver.PageDifference;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/** Whether a rewound data directory is right: it follows its source, and ends equal to it page by page. */
final class ResultCheck {

    private ResultCheck() {}

    /**
     * Starts both sides.
     *
     * @param rewound is changed by that
     * @param source is left as it is
     * @param copy where the source's server runs on a copy
     */
    static void check(ServerRelease release, Path rewound, Path source, Path copy)
            throws IOException, InterruptedException {
        PristineCopy.restore(source, copy);
        try (PostgresServer primary =
                        PostgresServer.builder(release).dataDirectory(copy).build();
                PostgresServer standby =
                        PostgresServer.builder(release).dataDirectory(rewound).build()) {
            standby.standbyOf(primary);
            primary.start();
            standby.start();
            standby.catchUpWith(primary);
            primary.stop(StopMode.FAST);
            standby.stop(StopMode.FAST);
            List<PageDifference> differences = PageComparison.of(primary, standby);
            if (!differences.isEmpty()) {
                throw new IOException("the rewound target is not equal to its source: " + differences);
            }
        }
    }
}
