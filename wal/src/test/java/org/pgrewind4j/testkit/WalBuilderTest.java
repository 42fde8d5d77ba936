package org.pgrewind4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

class WalBuilderTest {

    private static final TimelineId TIMELINE = new TimelineId(3);
    private static final Lsn START = Lsn.parse("0/500000");
    private static final int SEGMENT = 1 << 20;

    @ParameterizedTest
    @EnumSource
    void writesWhatTheReaderReads(PostgresVersion version) throws IOException {
        RelFileLocator relation = new RelFileLocator(1663, 5, 16_384);
        Instant time = Instant.parse("2026-01-01T00:00:00.000005Z");
        WalBuilder builder = new WalBuilder(version, TIMELINE, SEGMENT, START)
                .xid(700)
                .change(relation, 4, 9)
                .commit(time);
        MemoryWal wal = builder.build();

        try (WalReader reader = WalReader.open(wal, version, SEGMENT, TimelineHistory.ofSingle(TIMELINE), START)) {
            for (int block : new int[] {4, 9}) {
                WalRecord record = reader.next().orElseThrow();
                assertThat(record.xid()).isEqualTo(700);
                assertThat(record.blocks()).singleElement().satisfies(reference -> {
                    assertThat(reference.relation()).isEqualTo(relation);
                    assertThat(reference.block()).isEqualTo(block);
                });
            }
            WalRecord commit = reader.next().orElseThrow();
            assertThat(commit.begin()).isEqualTo(builder.begins().get(2));
            assertThat(commit.transaction().orElseThrow().time()).isEqualTo(time);
            assertThat(reader.next()).isEmpty();
            assertThat(reader.end().position()).isEqualTo(builder.end());
        }
    }
}
