package org.pgrewind4j.core.report;

import java.util.Optional;
import org.pgrewind4j.wal.RelFileLocator;

/** Says what users call relations and databases, of which WAL knows numbers only. */
public interface RelationNames {

    /** Knows no name. */
    RelationNames NONE = new RelationNames() {
        @Override
        public Optional<RelationName> relation(RelFileLocator relation) {
            return Optional.empty();
        }

        @Override
        public Optional<String> database(long oid) {
            return Optional.empty();
        }
    };

    /**
     * Names a relation.
     *
     * @param relation where its files lie, or lay
     * @return its name, empty if that is not known
     */
    Optional<RelationName> relation(RelFileLocator relation);

    /**
     * Names a database.
     *
     * @param oid its number, unsigned
     * @return its name, empty if that is not known
     */
    Optional<String> database(long oid);
}
