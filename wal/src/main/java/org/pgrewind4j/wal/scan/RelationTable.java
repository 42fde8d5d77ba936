package org.pgrewind4j.wal.scan;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Relations and what WAL says of them: a hash table with open addressing that is asked once for each block reference,
 * so it compares numbers and allocates for new relations only.
 */
final class RelationTable {

    private @Nullable RelationChanges[] slots = new @Nullable RelationChanges[64];
    private int size;

    /** The answer before: records come in runs on one relation. */
    private RelationChanges last = new RelationChanges(0, 0, 0);

    /** The relation's entry, made if there is none. */
    RelationChanges of(int tablespace, int database, int relation) {
        if (last.is(tablespace, database, relation) && size > 0) {
            return last;
        }
        int mask = slots.length - 1;
        for (int i = hash(tablespace, database, relation) & mask; ; i = (i + 1) & mask) {
            RelationChanges found = slots[i];
            if (found == null) {
                last = add(i, new RelationChanges(tablespace, database, relation));
                return last;
            }
            if (found.is(tablespace, database, relation)) {
                last = found;
                return found;
            }
        }
    }

    private static int hash(int tablespace, int database, int relation) {
        int hash = (relation * 31 + database) * 31 + tablespace;
        hash *= 0x9E37_79B9;
        return hash ^ hash >>> 15;
    }

    private RelationChanges add(int slot, RelationChanges entry) {
        slots[slot] = entry;
        size++;
        if (size * 2 > slots.length) {
            @Nullable RelationChanges[] old = slots;
            slots = new @Nullable RelationChanges[old.length * 2];
            for (RelationChanges moved : old) {
                if (moved != null) {
                    slots[freeSlot(moved)] = moved;
                }
            }
        }
        return entry;
    }

    private int freeSlot(RelationChanges entry) {
        int mask = slots.length - 1;
        int i = hash(entry.tablespace, entry.database, entry.relation) & mask;
        while (slots[i] != null) {
            i = (i + 1) & mask;
        }
        return i;
    }

    /** Adds what the WAL right behind says, which may be taken apart. */
    void append(RelationTable later) {
        later.forEach(more -> of(more.tablespace, more.database, more.relation).append(more));
    }

    void forEach(Consumer<RelationChanges> consumer) {
        for (RelationChanges entry : slots) {
            if (entry != null) {
                consumer.accept(entry);
            }
        }
    }
}
