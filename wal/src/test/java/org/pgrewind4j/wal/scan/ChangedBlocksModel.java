package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.framing.LittleEndian;
import org.pgrewind4j.wal.record.BlockImage;
import org.pgrewind4j.wal.record.BlockReference;
import org.pgrewind4j.wal.record.CheckpointRecord;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/** What a {@link ChangedBlockCollector} has to find, found slowly: whole records, hash sets, one after the other. */
final class ChangedBlocksModel {

    record Block(RelFileLocator relation, long number) {}

    final Set<Block> after = new HashSet<>();
    final Set<Block> before = new HashSet<>();
    final Set<Block> rebuilt = new HashSet<>();
    final Set<RelFileLocator> touched = new HashSet<>();
    final Map<RelFileLocator, Long> truncations = new HashMap<>();
    final List<Lsn> fileCopies = new ArrayList<>();
    final List<Lsn> checkpoints = new ArrayList<>();
    final List<Lsn> records = new ArrayList<>();
    final EndOfWal end;

    private final Lsn divergence;

    /** Reads the records that the reader still gives. */
    ChangedBlocksModel(WalReader reader, Lsn divergence) throws IOException {
        this.divergence = divergence;
        for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
            add(record.get());
        }
        end = reader.end();
    }

    private void add(WalRecord record) {
        records.add(record.begin());
        for (BlockReference reference : record.blocks()) {
            touched.add(reference.relation());
            if (reference.fork() == ForkName.MAIN) {
                add(record, reference);
            }
        }
        byte[] main = new byte[record.mainData().remaining()];
        record.mainData().get(main);
        switch (record.resourceManager().name() + " " + record.typeName()) {
            case "XLOG CHECKPOINT_SHUTDOWN", "XLOG CHECKPOINT_ONLINE" -> checkpoints.add(record.begin());
            case "Database CREATE", "Database CREATE_FILE_COPY" -> fileCopies.add(record.begin());
            case "Storage CREATE" -> cut(record, main, 0, main[12] == 0, 0);
            case "Storage TRUNCATE" -> cut(record, main, 4, (main[16] & 1) != 0, LittleEndian.uint32(main, 0));
            default -> {}
        }
    }

    private void add(WalRecord record, BlockReference reference) {
        Block block = new Block(reference.relation(), reference.block());
        if (!record.begin().isBefore(divergence)) {
            after.add(block);
            if (record.resourceManager() == ResourceManager.SPGIST) {
                after.add(new Block(reference.relation(), 0));
            }
        } else if (before.add(block)
                && (reference.willInit()
                        || reference.image().map(BlockImage::isApplied).orElse(false))) {
            rebuilt.add(block);
        }
    }

    private void cut(WalRecord record, byte[] main, int at, boolean isMainFork, long length) {
        RelFileLocator relation = new RelFileLocator(
                LittleEndian.int32(main, at), LittleEndian.int32(main, at + 4), LittleEndian.int32(main, at + 8));
        touched.add(relation);
        if (isMainFork && !record.begin().isBefore(divergence)) {
            truncations.merge(relation, length, Math::min);
        }
    }

    void assertEqualTo(ChangedBlocks changed) {
        assertThat(blocksOf(changed.after())).isEqualTo(after);
        assertThat(blocksOf(changed.before())).isEqualTo(before);
        assertThat(blocksOf(changed.rebuilt())).isEqualTo(rebuilt);
        assertThat(changed.touchedRelations()).isEqualTo(touched);
        assertThat(changed.truncations()).isEqualTo(truncations);
        assertThat(changed.fileCopyDatabases())
                .extracting(FileCopyDatabase::lsn)
                .isEqualTo(fileCopies);
        assertThat(changed.checkpoints()).extracting(CheckpointRecord::begin).isEqualTo(checkpoints);
        assertThat(changed.records()).isEqualTo(records.size());
        assertThat(changed.end()).isEqualTo(end);
    }

    static Set<Block> blocksOf(BlockSet set) {
        Set<Block> blocks = new HashSet<>();
        for (RelFileLocator relation : set.relations()) {
            set.forEachRange(relation, (first, end) -> {
                for (long number = first; number < end; number++) {
                    blocks.add(new Block(relation, number));
                }
            });
        }
        return blocks;
    }
}
