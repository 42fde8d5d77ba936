package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Changes;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;

class CopySetTest {

    private static final int BLOCK = 8192;
    private static final int SEGMENT_BLOCKS = 10;
    private static final RelationGeometry GEOMETRY = new RelationGeometry(PostgresVersion.V17, BLOCK, SEGMENT_BLOCKS);
    private static final RelFileLocator RELATION = relation(5, 100);

    private static RelFileLocator relation(int database, int relation) {
        return new RelFileLocator(RelFileLocator.DEFAULT_TABLESPACE, database, relation);
    }

    private static CopySet minimal(Changes changes) {
        return CopySet.of(changes.build(), BlockSelection.MINIMAL, Changes.DIVERGENCE);
    }

    /** The blocks of the relation's first file that are copied if both sides have so many. */
    private static List<Long> blocks(CopySet copySet, long length) {
        return blocks(copySet, "base/5/100", length);
    }

    private static List<Long> blocks(CopySet copySet, String file, long length) {
        DataPath path = DataPath.of(file);
        RelationFile relation = GEOMETRY.file(path).orElseThrow();
        List<Long> blocks = new ArrayList<>();
        for (FileRange range : copySet.ranges(path, relation, length * BLOCK, GEOMETRY)) {
            assertThat(range.path()).isEqualTo(path);
            assertThat(range.offset() % BLOCK + range.length() % BLOCK).isZero();
            for (long at = range.offset(); at < range.end(); at += BLOCK) {
                blocks.add(at / BLOCK);
            }
        }
        return blocks;
    }

    @Test
    void copiesWhatWasChangedAfterAndIsNotRebuilt() {
        CopySet copySet = minimal(new Changes().after(RELATION, 1, 2, 3).rebuilt(RELATION, 2, 4));

        assertThat(blocks(copySet, 10)).containsExactly(1L, 3L);
        assertThat(copySet.size()).isEqualTo(2);
        assertThat(copySet.unexpectedBlocks()).isZero();
    }

    @Test
    void copiesAndCountsWhatWasChangedBeforeWithoutAnImage() {
        CopySet copySet = minimal(new Changes().before(RELATION, 7).rebuilt(RELATION, 8));

        assertThat(blocks(copySet, 10)).containsExactly(7L);
        assertThat(copySet.unexpectedBlocks()).isEqualTo(1);
    }

    @Test
    void copiesEverythingReferencedSinceTheCheckpointIfAsked() {
        CopySet copySet = CopySet.of(
                new Changes()
                        .after(RELATION, 1)
                        .before(RELATION, 7)
                        .rebuilt(RELATION, 4)
                        .build(),
                BlockSelection.SINCE_CHECKPOINT,
                Changes.DIVERGENCE);

        assertThat(blocks(copySet, 10)).containsExactly(1L, 4L, 7L);
        assertThat(copySet.unexpectedBlocks()).isEqualTo(1);
    }

    @Test
    void copiesNothingBehindWhatBothSidesHave() {
        CopySet copySet = minimal(new Changes().after(RELATION, 0, 4, 5, 9));

        assertThat(blocks(copySet, 5)).containsExactly(0L, 4L);
        assertThat(blocks(copySet, 0)).isEmpty();
    }

    @Test
    void dealsBlocksOutToTheFilesOfARelation() {
        CopySet copySet = minimal(new Changes().after(RELATION, 9, 10, 19, 20, 25));

        assertThat(blocks(copySet, "base/5/100", 10)).containsExactly(9L);
        assertThat(blocks(copySet, "base/5/100.1", 10)).containsExactly(0L, 9L);
        assertThat(blocks(copySet, "base/5/100.2", 5)).containsExactly(0L);
        assertThat(blocks(copySet, "base/5/101", 10)).isEmpty();
        assertThat(blocks(copySet, "base/6/100", 10)).isEmpty();
    }

    @Test
    void copiesEverythingFromATruncationOn() {
        CopySet copySet = minimal(new Changes().after(RELATION, 1, 6).truncated(RELATION, 4));

        assertThat(blocks(copySet, 8)).containsExactly(1L, 4L, 5L, 6L, 7L);
        assertThat(blocks(copySet, 3)).containsExactly(1L);
        assertThat(blocks(copySet, "base/5/100.1", 2)).containsExactly(0L, 1L);
    }

    @Test
    void copiesWholeFilesOfARelationThatWasMadeAnew() {
        CopySet copySet = minimal(new Changes().rebuilt(RELATION, 1).truncated(RELATION, 0));

        assertThat(blocks(copySet, 3)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void joinsBlocksThatTouch() {
        CopySet copySet = minimal(new Changes().after(RELATION, 2, 3, 4).truncated(RELATION, 5));
        DataPath path = DataPath.of("base/5/100");

        assertThat(copySet.ranges(path, GEOMETRY.file(path).orElseThrow(), 7 * BLOCK, GEOMETRY))
                .containsExactly(new FileRange(path, 2 * BLOCK, 5 * BLOCK));
    }

    @Test
    void keepsAllOfATemplateThatReplayCopies() {
        RelFileLocator other = relation(6, 100);
        Changes changes = new Changes()
                .rebuilt(RELATION, 1)
                .after(RELATION, 1)
                .rebuilt(other, 1)
                .after(other, 1)
                .fileCopy(Changes.DIVERGENCE.plus(-8), 5, 77);

        assertThat(blocks(minimal(changes), 10)).containsExactly(1L);
        assertThat(blocks(minimal(changes), "base/6/100", 10)).isEmpty();
    }

    @Test
    void takesNoNoticeOfATemplateThatOnlyTheTargetCopied() {
        CopySet copySet =
                minimal(new Changes().rebuilt(RELATION, 1).after(RELATION, 1).fileCopy(Changes.DIVERGENCE, 5, 77));

        assertThat(blocks(copySet, 10)).isEmpty();
        assertThat(copySet.isRecreated(relation(77, 1))).isTrue();
        assertThat(copySet.touches(relation(77, 1))).isTrue();
        assertThat(copySet.isRecreated(RELATION)).isFalse();
    }

    @Test
    void knowsWhichRelationsWalNames() {
        CopySet copySet = minimal(new Changes().rebuilt(RELATION, 1));

        assertThat(copySet.touches(RELATION)).isTrue();
        assertThat(copySet.touches(relation(5, 101))).isFalse();
    }
}
