package org.pgrewind4j.core.random;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.testserver.ServerRelease;

/**
 * All that a seed says.
 *
 * @param seed it
 * @param release the servers' release
 * @param checksums whether pages have checksums; else hint bits are logged
 * @param segmentMegabytes the size of a WAL segment
 * @param settings of all servers
 * @param nodes the servers' names
 * @param steps what happens up to the rewind
 * @param archive whether all servers archive their WAL, in one place
 * @param target which server is rewound
 * @param source to which one
 * @param primary whom it follows then, the source or its primary
 * @param detour to which one it is rewound before, without being started
 * @param way how
 * @param afterwards what the rewound server does when it is promoted in the end
 * @param back what the primary does then, to be rewound to the former target; none if it is not
 * @param wayBack how
 */
record Scenario(
        long seed,
        ServerRelease release,
        boolean checksums,
        int segmentMegabytes,
        Map<String, String> settings,
        List<String> nodes,
        List<Step> steps,
        boolean archive,
        String target,
        String source,
        String primary,
        Optional<String> detour,
        Way way,
        List<Step> afterwards,
        List<Step> back,
        Way wayBack) {

    /** How the source is read. */
    enum Reading {
        /** Its files, while it is stopped. */
        STOPPED,
        /** Over a connection. */
        LIVE,
        /** Over a connection, while others write. */
        UNDER_LOAD
    }

    /** Where the rewind fails, to be resumed or started again. */
    enum Fault {
        NONE,
        WHILE_STAGING,
        BEFORE_APPLYING,
        WHILE_APPLYING
    }

    /** How the target is rewound, and whether its configuration as a standby is written with it. */
    record Way(
            Reading reading, BlockSelection selection, CopyMode mode, Verify verify, Fault fault, boolean configured) {}

    /** What it is called. */
    String name() {
        return "seed " + seed + " on " + release;
    }

    /** What repeats it. */
    String command() {
        return "-Dtest=RandomRewindTest -Dpgrewind4j.test.seeds=" + seed + " -Dpgrewind4j.test.releases=" + release;
    }

    /** Prints everything, step by step. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(256);
        text.append(name()).append(": ");
        text.append(checksums ? "checksums" : "wal_log_hints").append(", segments of ");
        text.append(segmentMegabytes).append(" MB, ").append(settings).append('\n');
        text.append("  servers ")
                .append(nodes)
                .append(archive ? ", with an archive" : "")
                .append('\n');
        steps.forEach(step -> text.append("  ").append(step).append('\n'));
        String rewound = "  " + target + ": rewound to ";
        detour.ifPresent(node -> text.append(rewound).append(node).append(", not started\n"));
        text.append(rewound).append(source).append(", ").append(way).append('\n');
        text.append("  ").append(target).append(": follows ").append(primary).append(", promoted\n");
        afterwards.forEach(step -> text.append("  ").append(step).append('\n'));
        if (!back.isEmpty()) {
            back.forEach(step -> text.append("  ").append(step).append('\n'));
            text.append("  ").append(primary).append(": rewound to ").append(target);
            text.append(", ").append(wayBack).append('\n');
        }
        return text.append("repeat with ").append(command()).toString();
    }
}
