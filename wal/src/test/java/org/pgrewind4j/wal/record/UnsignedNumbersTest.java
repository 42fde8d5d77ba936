package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.control.CheckPoint;

/** Numbers that are unsigned in PostgreSQL are printed so, above 2 billion too. */
class UnsignedNumbersTest {

    private static final int LARGE = (int) 4_000_000_000L;
    private static final Lsn LSN = new Lsn(0x500028);

    @Test
    void relationsArePrintedUnsigned() {
        assertThat(new RelFileLocator(LARGE, LARGE + 1, LARGE + 2)).hasToString("4000000000/4000000001/4000000002");
    }

    @Test
    void changesOfDirectoriesArePrintedUnsigned() {
        assertThat(new DirectoryChange.FileCopyDatabase(LSN, 1663, LARGE, LARGE + 1, LARGE + 2))
                .hasToString("database 1663/4000000000 copied from 4000000001/4000000002 at 0/500028");
        assertThat(new DirectoryChange.LoggedDatabase(LSN, LARGE, LARGE + 1))
                .hasToString("database 4000000000/4000000001 created at 0/500028");
        assertThat(new DirectoryChange.DroppedDatabase(LSN, LARGE, List.of(1663, LARGE + 1)))
                .hasToString("database 1663/4000000000, 4000000001/4000000000 dropped at 0/500028");
        assertThat(new DirectoryChange.CreatedTablespace(LSN, LARGE, "/space"))
                .hasToString("tablespace 4000000000 created in \"/space\" at 0/500028");
        assertThat(new DirectoryChange.DroppedTablespace(LSN, LARGE))
                .hasToString("tablespace 4000000000 dropped at 0/500028");
    }

    @Test
    void checkpointsArePrintedUnsigned() {
        CheckPoint checkPoint = new CheckPoint(
                LSN,
                new TimelineId(2),
                new TimelineId(1),
                true,
                null,
                7L << 32 | 4_000_000_000L,
                LARGE + 1,
                LARGE + 2,
                LARGE + 3,
                LARGE + 4,
                LARGE + 5,
                LARGE + 6,
                LARGE + 7,
                Instant.EPOCH,
                LARGE + 8,
                LARGE + 9,
                LARGE + 10);

        assertThat(checkPoint)
                .hasToString("redo 0/500028; tli 2; prev tli 1; fpw true; xid 7:4000000000; oid 4000000001;"
                        + " multi 4000000002; offset 4000000003; oldest xid 4000000004 in DB 4000000005;"
                        + " oldest multi 4000000006 in DB 4000000007; oldest/newest commit timestamp xid:"
                        + " 4000000008/4000000009; oldest running xid 4000000010; time 1970-01-01T00:00:00Z");
    }
}
