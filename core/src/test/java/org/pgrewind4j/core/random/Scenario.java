package org.pgrewind4j.core.random;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.testserver.PostgresServer;
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
 * @param access who reads a source that runs
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
        Way wayBack,
        Access access) {

    /** How the source is read. */
    enum Reading {
        /** Its files, while it is stopped. */
        STOPPED,
        /** Over a connection. */
        LIVE,
        /** Over a connection, while others write. */
        UNDER_LOAD
    }

    /** Who reads a source that runs, and on which way. */
    enum Access {
        SUPERUSER,
        REPLICATING_ROLE,
        READING_ROLE,
        REPLICATING_ROLE_ON_A_SOCKET,
        READING_ROLE_ON_A_SOCKET;

        /** A role that may do no more than a rewind needs, over TCP and sockets, with and without replication, in turn. */
        static Access ofLive(long seed) {
            return values()[1 + (int) Math.floorMod(seed, (long) values().length - 1)];
        }

        String user() {
            return switch (this) {
                case SUPERUSER -> PostgresServer.USER;
                case REPLICATING_ROLE, REPLICATING_ROLE_ON_A_SOCKET -> "replicator";
                case READING_ROLE, READING_ROLE_ON_A_SOCKET -> "reader";
            };
        }

        /** Whether the source keeps its WAL while it is copied. */
        boolean keepsWal() {
            return this == REPLICATING_ROLE || this == REPLICATING_ROLE_ON_A_SOCKET;
        }

        boolean isOnSocket() {
            return this == REPLICATING_ROLE_ON_A_SOCKET || this == READING_ROLE_ON_A_SOCKET;
        }
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
            Reading reading, BlockSelection selection, CopyMode mode, Verify verify, Fault fault, boolean configured) {

        /** With a fault only where it needs no second plan, for which the source need not have WAL any more. */
        Way live() {
            boolean isResumable = fault != Fault.WHILE_STAGING && mode != CopyMode.IN_PLACE;
            return new Way(Reading.UNDER_LOAD, selection, mode, verify, isResumable ? fault : Fault.NONE, configured);
        }
    }

    /**
     * Whether all sources run and are written to without a pause, and keep as little WAL as they can. An archive is there for
     * the rewound server, and for the rewind where the source does not keep its WAL for it.
     */
    boolean isLiveOnly() {
        return access != Access.SUPERUSER;
    }

    /** What it is called. */
    String name() {
        return "seed " + seed + " on " + release;
    }

    /** What repeats it. */
    String command() {
        return "-Dtest=RandomRewindTest " + (isLiveOnly() ? "-Dpgrewind4j.test.live=true " : "")
                + "-Dpgrewind4j.test.seeds=" + seed + " -Dpgrewind4j.test.releases=" + release;
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
        text.append(rewound).append(source).append(", ").append(way);
        text.append(isLiveOnly() ? ", read by " + access : "").append('\n');
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
