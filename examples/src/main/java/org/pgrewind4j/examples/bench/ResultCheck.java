package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pgrewind4j.testserver.PageComparison;
import org.pgrewind4j.testserver.PageDifference;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.StopMode;

/** Whether a rewound data directory is right: it follows its source, and ends equal to it page by page. */
final class ResultCheck {

    private ResultCheck() {}

    /**
     * Starts the rewound side, and stops both.
     *
     * @param primary a server that runs on the source, or on a copy of it
     * @param rewound is changed by that
     */
    static void check(PostgresServer primary, Path rewound) throws IOException {
        try (PostgresServer standby =
                PostgresServer.builder(primary.release()).dataDirectory(rewound).build()) {
            standby.standbyOf(primary);
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
