package org.pgrewind4j.core.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;

class BackupLabelTest {

    private static final TimelineHistory HISTORY = TimelineHistory.ofSingle(new TimelineId(1))
            .switchTo(new TimelineId(2), Lsn.parse("16/B3000000"), "promoted");

    private static final BranchIdentity BRANCH = new BranchIdentity(
            new TimelineId(2),
            Lsn.parse("16/B3000000"),
            Lsn.parse("16/B374E000"),
            List.of(new BranchIdentity.Mark(Lsn.parse("16/B3000028"), 0xABCDEF)));

    private static String label(String redo, String checkPoint, int segmentSize) {
        byte[] label = BackupLabel.format(
                new ReplayStart(Lsn.parse(redo), Lsn.parse(checkPoint)),
                HISTORY,
                segmentSize,
                Instant.parse("2026-11-22T06:07:08.9Z"),
                BRANCH);
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
                        LABEL: pgrewind4j to timeline 2 from 16/B3000000 to 16/B374E000 record 16/B3000028 00ABCDEF
                        """);
    }

    @Test
    void tellsTheBranchAgain() {
        byte[] label = label("16/B374D848", "16/B374D8B8", 16 << 20).getBytes(StandardCharsets.UTF_8);

        assertThat(BackupLabel.branch(label)).contains(BRANCH);
        assertThat(BackupLabel.branch("LABEL: nightly\n".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
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
