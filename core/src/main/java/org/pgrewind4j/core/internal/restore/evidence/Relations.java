package org.pgrewind4j.core.internal.restore.evidence;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;

/**
 * What the names and sizes of files tell of relations.
 *
 * @param unlogged those with an init fork on the target
 * @param longer those whose main fork is longer on the target than in the backup
 */
record Relations(Set<RelFileLocator> unlogged, Set<RelFileLocator> longer) {

    static Relations of(RelationGeometry geometry, Collection<SourceFile> expected, Map<DataPath, SourceFile> present) {
        Set<RelFileLocator> unlogged = new HashSet<>();
        Map<RelFileLocator, Long> growth = new HashMap<>();
        for (SourceFile file : present.values()) {
            Optional<RelationFile> relation = relation(geometry, file);
            if (relation.isPresent() && relation.get().fork() == ForkName.INIT) {
                unlogged.add(relation.get().relation());
            }
            add(growth, relation, file.size());
        }
        expected.forEach(file -> add(growth, relation(geometry, file), -file.size()));
        growth.values().removeIf(bytes -> bytes <= 0);
        return new Relations(unlogged, growth.keySet());
    }

    private static Optional<RelationFile> relation(RelationGeometry geometry, SourceFile file) {
        return file.type() == SourceFile.Type.FILE ? geometry.file(file.path()) : Optional.empty();
    }

    private static void add(Map<RelFileLocator, Long> growth, Optional<RelationFile> relation, long bytes) {
        relation.filter(file -> file.fork() == ForkName.MAIN)
                .ifPresent(file -> growth.merge(file.relation(), bytes, Long::sum));
    }
}
