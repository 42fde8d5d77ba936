package org.pgrewind4j.core.internal.rewind;

import java.util.HashSet;
import java.util.Set;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;

/** Relations whose main fork has a file that is longer on the target, or only there. Most have none. */
final class TargetExtensions {

    private final RelationGeometry geometry;
    private final Set<RelFileLocator> relations = new HashSet<>();

    TargetExtensions(RelationGeometry geometry) {
        this.geometry = geometry;
    }

    void note(Listing.Pair pair) {
        long ofSource = pair.source() == null ? 0 : pair.source().size();
        if (pair.target() != null && pair.target().size() > ofSource) {
            geometry.file(pair.path())
                    .filter(file -> file.fork() == ForkName.MAIN)
                    .ifPresent(file -> relations.add(file.relation()));
        }
    }

    boolean contains(RelFileLocator relation) {
        return relations.contains(relation);
    }

    Set<RelFileLocator> relations() {
        return relations;
    }
}
