package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;

class BackupLabelTest {

    private static final TimelineHistory HISTORY = TimelineHistory.ofSingle(new TimelineId(1))
            .switchTo(new TimelineId(2), Lsn.parse("16/B3000000"), "promoted");

    private static String label(String redo, String checkPoint, int segmentSize) {
        byte[] label = BackupLabel.format(
                new ReplayStart(Lsn.parse(redo), Lsn.parse(checkPoint)),
                HISTORY,
                segmentSize,
                Instant.parse("2026-11-22T06:07:08.9Z"));
        return new String(label, StandardCharsets.UTF_8);
    }

    @Test
    void namesRedoAndCheckPointAsAServerReadsThem() {
        assertThat(label("16/B374D848", "16/B374D8B8", 16 << 20)).isEqualTo("""
                        START WAL LOCATION: 16/B374D848 (file 0000000200000016000000B3)
                        CHECKPOINT LOCATION: 16/B374D8B8
                        BACKUP METHOD: pg_rewind
                        BACKUP FROM: standby
                        START TIME: 2026-11-22 06:07:08 UTC
                        """);
    }

    @Test
    void namesTheTimelineOfTheRedoPointAndTheSegmentOfTheClustersSize() {
        assertThat(label("16/B2FFFFD0", "16/B2FFFFD0", 1 << 20))
                .startsWith("START WAL LOCATION: 16/B2FFFFD0 (file 000000010000001600000B2F)\n");
    }

    @Test
    void knowsItsOwnLabelsFromOthers() {
        assertThat(BackupLabel.isOfRewind(label("1/0", "1/0", 16 << 20).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(BackupLabel.isOfRewind(
                        "START WAL LOCATION: 0/2000028\nBACKUP METHOD: streamed\n".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(BackupLabel.isOfRewind(new byte[0])).isFalse();
    }
}
