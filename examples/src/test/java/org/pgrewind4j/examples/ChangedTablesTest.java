package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;

/** Shows how a program that reads WAL is tested without a server. */
class ChangedTablesTest {

    @Test
    void countsEachBlockOnceAndNothingBeforeThePosition() throws IOException {
        RelFileLocator orders = new RelFileLocator(1663, 5, 16_384);
        RelFileLocator items = new RelFileLocator(1663, 5, 16_385);
        TimelineId timeline = new TimelineId(1);
        WalBuilder wal =
                new WalBuilder(PostgresVersion.V17, timeline, 1 << 20, Lsn.parse("0/1000000")).change(items, 1, 2);
        Lsn position = wal.end();
        wal.change(orders, 0, 7, 7).change(items, 3).commit(Instant.EPOCH);

        assertThat(ChangedTables.changedSince(
                        position, wal.build(), PostgresVersion.V17, 1 << 20, TimelineHistory.ofSingle(timeline)))
                .isEqualTo(Map.of(orders, 2L, items, 1L));
    }
}
