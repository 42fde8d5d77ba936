package org.pgrewind4j.core.internal.rewind;

import java.util.List;
import org.pgrewind4j.core.DiskSpace;
import org.pgrewind4j.core.NeededWal;

/**
 * What a rewind needs that may not be there.
 *
 * @param wal the WAL that replay reads, in order
 * @param disk the file systems that are written to
 */
record PlanNeeds(List<NeededWal> wal, List<DiskSpace> disk) {

    static final PlanNeeds NOTHING = new PlanNeeds(List.of(), List.of());

    PlanNeeds {
        wal = List.copyOf(wal);
        disk = List.copyOf(disk);
    }
}
