package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.FuzzInput;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.framing.WalPages;
import org.pgrewind4j.wal.record.WalReader;

/** Any WAL gives records and an end, and the same to one worker as to two; or a typed error to both. */
class WalFuzzTest {

    private static final int SEGMENT = 1 << 20;
    private static final Lsn START = new Lsn(SEGMENT);
    private static final TimelineId TIMELINE = new TimelineId(1);

    /** Records of any content under CRCs that are right: of each, its manager, info and length come first. */
    @FuzzTest
    void recordsOfAnyContent(byte[] input) throws IOException {
        FuzzInput fuzz = FuzzInput.of(input);
        ByteBuffer records = fuzz.rest();
        WalBuilder builder = new WalBuilder(fuzz.version(), TIMELINE, SEGMENT, START);
        while (records.remaining() >= 3 && builder.end().minus(START) < SEGMENT / 2) {
            int manager = Byte.toUnsignedInt(records.get());
            int info = Byte.toUnsignedInt(records.get());
            byte[] body = new byte[Math.min(Byte.toUnsignedInt(records.get()), records.remaining())];
            records.get(body);
            builder.add(manager, info, body);
        }
        if (!builder.begins().isEmpty()) {
            assertSameForAll(builder.build(), fuzz.version());
        }
    }

    /** Pages of any content, made from ones that are right. */
    @FuzzTest
    void pagesOfAnyContent(byte[] input) throws IOException {
        FuzzInput fuzz = FuzzInput.of(input);
        MemoryWal wal = new WalBuilder(fuzz.version(), TIMELINE, SEGMENT, START)
                .add(0x20, WalBuilder.mainData(100))
                .add(0x20, WalBuilder.mainData(9000))
                .add(0x20, WalBuilder.mainData(100))
                .build();
        fuzz.change(wal.content(WalSegmentName.containing(TIMELINE, START, SEGMENT)), SEGMENT);
        assertSameForAll(wal, fuzz.version());
    }

    private static void assertSameForAll(MemoryWal wal, PostgresVersion version) throws IOException {
        read(wal, version);
        assertThat(collect(wal, version, 2)).isEqualTo(collect(wal, version, 1));
    }

    private static void read(MemoryWal wal, PostgresVersion version) throws IOException {
        try (WalReader reader = WalReader.open(wal, version, SEGMENT, TimelineHistory.ofSingle(TIMELINE), START)) {
            for (var record = reader.next(); record.isPresent(); record = reader.next()) {
                assertThat(record.get().toString()).isNotEmpty();
            }
            assertThat(reader.end().detail()).isNotEmpty();
        } catch (PgRewindException e) {
            assertThat(e).hasMessageContaining("/");
        }
    }

    /** All that was found, or the error. */
    private static String collect(MemoryWal wal, PostgresVersion version, int threads) throws IOException {
        try {
            ChangedBlocks changed = ChangedBlockCollector.of(wal, version, SEGMENT, TimelineHistory.ofSingle(TIMELINE))
                    .redo(START)
                    .divergence(START.plus(200))
                    .threads(threads)
                    .rangeSize(WalPages.PAGE_SIZE)
                    .collect();
            return changed.after() + " " + changed.before() + " " + changed.rebuilt() + " " + changed.truncations()
                    + " " + changed.touchedRelations() + " " + changed.fileCopyDatabases() + " " + changed.end();
        } catch (PgRewindException e) {
            return e.getMessage();
        }
    }
}
