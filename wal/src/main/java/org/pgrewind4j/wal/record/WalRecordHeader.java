package org.pgrewind4j.wal.record;

import org.pgrewind4j.timeline.Lsn;

/** The fixed part of a {@link WalRecord}; origin and top-level transaction are 0 if the record does not tell them. */
record WalRecordHeader(
        Lsn begin,
        Lsn end,
        Lsn previous,
        int xid,
        ResourceManager resourceManager,
        int info,
        int totalLength,
        int crc,
        int origin,
        int topLevelXid) {}
