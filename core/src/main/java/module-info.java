/**
 * Plans and executes a rewind: collect, decide, stage, seal, apply.
 *
 * <p>A rewind makes an old primary a standby of the new one. Planning reads both sides and changes nothing: it finds the
 * <b>divergence</b>, the last checkpoint before it that both share, and the blocks that the old primary changed since. Executing
 * copies these blocks, and all files that are not relations, from the new primary. Then the server replays the new primary's WAL
 * from the <b>redo point</b> of that checkpoint on, and is the same again:
 *
 * <pre>
 *        redo point   divergence
 * --------+------------+-----------&gt;   the old primary's WAL, which names the blocks to copy
 *         |            |
 *         +============+================&gt;   the new primary's WAL, which the rewound server replays
 * </pre>
 *
 * <p>What is copied is staged beside the target and sealed before the target is changed. A rewind that is killed leaves a target
 * that starts as before, or one that {@link org.pgrewind4j.core.Rewind#resume} finishes without the source.
 */
module org.pgrewind4j.core {
    requires static transitive org.jspecify;
    requires transitive org.pgrewind4j.transport;
    requires com.google.common;
    // Part of every JDK, and without cost while nothing is recorded.
    requires jdk.jfr;

    exports org.pgrewind4j.core;
    exports org.pgrewind4j.core.archive;
    exports org.pgrewind4j.core.report;
    exports org.pgrewind4j.core.restore;
}
