/**
 * Positions in the WAL, timelines, their histories, and the point where two histories diverge. Does no I/O.
 *
 * <p>A PostgreSQL server writes every change to its <b>WAL</b> first. A position in it is an <b>LSN</b>, the number of bytes
 * written before it. When a standby is promoted, it starts a new <b>timeline</b>: from that LSN on it writes WAL of its own, and
 * a history file says where it branched off. If the old primary wrote on after that, both have WAL for the same LSNs, and it is
 * not the same WAL. The two have diverged, and the <b>divergence</b> is the LSN up to which they agree:
 *
 * <pre>
 * timeline 1   ---------------+-----------&gt;   the old primary: what it wrote from here on is lost by a rewind
 *                             |
 * timeline 2                  +----------------&gt;   the new primary
 *                         divergence
 * </pre>
 *
 * <p>{@link org.pgrewind4j.timeline.DivergenceFinder} finds it from two histories.
 */
module org.pgrewind4j.timeline {
    requires static transitive org.jspecify;

    exports org.pgrewind4j.timeline;
}
