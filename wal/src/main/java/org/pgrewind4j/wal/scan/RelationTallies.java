package org.pgrewind4j.wal.scan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgrewind4j.wal.RelFileLocator;

/**
 * The relations that WAL names, as many as there is room for; all further ones are counted as one, which has no number.
 */
final class RelationTallies {

    private final int room;
    private final Map<RelFileLocator, RelationTally> relations = new HashMap<>();
    private final RelationTally others = new RelationTally(0, 0, 0);

    /** The answer before: records come in runs on one relation. */
    private RelationTally last = others;

    RelationTallies(int room) {
        this.room = room;
    }

    RelationTally of(int tablespace, int database, int relation) {
        if (!last.is(tablespace, database, relation)) {
            last = find(new RelFileLocator(tablespace, database, relation));
        }
        return last;
    }

    RelationTally of(RelFileLocator relation) {
        return of(relation.tablespace(), relation.database(), relation.relation());
    }

    private RelationTally find(RelFileLocator relation) {
        RelationTally found = relations.get(relation);
        if (found == null) {
            if (relations.size() >= room) {
                return others;
            }
            found = new RelationTally(relation.tablespace(), relation.database(), relation.relation());
            relations.put(relation, found);
        }
        return found;
    }

    /** Whether some relation had no room. */
    boolean isFull() {
        return others.records > 0;
    }

    RelationActivity others() {
        return others.activity();
    }

    /** Those that are told one by one, in the order of their numbers. */
    List<RelationActivity> activities() {
        List<RelationActivity> activities = new ArrayList<>();
        relations.values().forEach(relation -> activities.add(relation.activity()));
        activities.sort((a, b) -> a.relation().compareTo(b.relation()));
        return activities;
    }
}
