package org.pgrewind4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.pgrewind4j.testserver.Integrity;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PageChecksums;
import org.pgrewind4j.testserver.PageComparison;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.StopMode;

/** Holds a rewound server against its source, as a standby and page by page, and then on its own. */
final class Proof {

    private Proof() {}

    /** Lets the target follow the source, to which it may be configured already; leaves both stopped. */
    static void followsAndEquals(PostgresServer target, PostgresServer source, boolean configured, boolean checksums) {
        if (!source.isRunning()) {
            source.start();
        }
        if (!configured) {
            target.standbyOf(source);
        }
        target.start();
        target.catchUpWith(source);
        List<String> databases = changedDatabases(source);
        assertThat(LogicalContents.of(target, databases))
                .as("rows of the standby")
                .isEqualTo(LogicalContents.of(source, databases));
        assertThat(Integrity.problems(target, databases, "true"))
                .as("the standby's own checks")
                .isEmpty();
        assertThat(IndexAgreement.problems(target)).as("indexes of the standby").isEmpty();
        // A primary that is stopped so has sent all its WAL, its last checkpoint included, to its standby.
        source.stop(StopMode.FAST);
        target.stop(StopMode.FAST);
        assertThat(PageComparison.of(target, source)).as("pages").isEmpty();
        if (checksums) {
            assertThat(PageChecksums.bad(target.dataDirectory()))
                    .as("checksums")
                    .isEmpty();
        }
    }

    /** Checks a primary that writes to everything, and is written to. */
    static void servesAsPrimary(PostgresServer server) {
        WritesEverywhere.to(server);
        assertThat(Integrity.problems(server, List.of(Scene.DATABASE), "c.relnamespace = 'public'::regnamespace"))
                .as("the primary's own checks")
                .isEmpty();
        assertThat(IndexAgreement.problems(server)).as("indexes of the primary").isEmpty();
        assertThat(UniqueKeys.duplicates(server)).as("duplicate keys").isEmpty();
    }

    /** All but those that no act writes to, whose pages alone are compared. */
    private static List<String> changedDatabases(PostgresServer server) {
        return server.query("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1").stream()
                .map(row -> row.get(0))
                .toList();
    }
}
