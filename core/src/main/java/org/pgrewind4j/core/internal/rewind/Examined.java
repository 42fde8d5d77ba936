package org.pgrewind4j.core.internal.rewind;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Examination;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * How far an examination has come.
 *
 * @param verdict {@code REFUSED} until something better is found
 * @param targetControl the target's control file
 * @param clusters both sides; null while the source's cannot be read, or is of another kind
 * @param parting where the histories part; null while that is not known
 * @param replayEnd where replay must arrive as of now; null while nobody asked
 */
record Examined(
        Verdict verdict,
        ControlFile targetControl,
        @Nullable Clusters clusters,
        @Nullable Divergence parting,
        @Nullable ReplayEnd replayEnd) {

    private record Clusters(Cluster target, Cluster source) {}

    static Examined of(ControlFile targetControl) {
        return new Examined(Verdict.REFUSED, targetControl, null, null, null);
    }

    Examined of(Cluster target, Cluster source) {
        return new Examined(verdict, targetControl, new Clusters(target, source), parting, replayEnd);
    }

    Examined partingAt(Divergence divergence) {
        return new Examined(verdict, targetControl, clusters, divergence, replayEnd);
    }

    Examined replayingTo(ReplayEnd end) {
        return new Examined(verdict, targetControl, clusters, parting, end);
    }

    Examined found(Verdict found) {
        return new Examined(found, targetControl, clusters, parting, replayEnd);
    }

    Optional<Divergence> divergence() {
        return Optional.ofNullable(parting);
    }

    Cluster target() {
        return known().target;
    }

    Cluster source() {
        return known().source;
    }

    private Clusters known() {
        if (clusters == null) {
            throw new IllegalStateException("the clusters were not compared");
        }
        return clusters;
    }

    ReplayEnd end() {
        if (replayEnd == null) {
            throw new IllegalStateException("the source was not asked for its end");
        }
        return replayEnd;
    }

    /** Says it, with what a plan would make of it. */
    Examination told(List<Problem> problems, Verdict foreseen) {
        return new Examination(
                foreseen,
                foreseen == Verdict.REFUSED ? problems : List.of(),
                divergence(),
                Optional.ofNullable(clusters).map(both -> both.target.told()),
                Optional.ofNullable(clusters).map(both -> both.source.told()));
    }
}
