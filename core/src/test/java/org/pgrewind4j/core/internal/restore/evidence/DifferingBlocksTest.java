package org.pgrewind4j.core.internal.restore.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.Changes;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlocks;

class DifferingBlocksTest {

    private static final int BLOCK = 8192;
    private static final RelationGeometry GEOMETRY = new RelationGeometry(PostgresVersion.V17, BLOCK, 10);
    private static final RelFileLocator RELATION = new RelFileLocator(RelFileLocator.DEFAULT_TABLESPACE, 5, 100);

    /** What must come of a file, as in "1-3 7-10"; "?" if WAL does not tell. */
    private static String blocks(String name, long expected, long present, ChangedBlocks... scans) {
        return blocks(DifferingBlocks.of(GEOMETRY, List.of(scans), BlockSet.of(), Set.of()), name, expected, present);
    }

    private static String blocks(DifferingBlocks blocks, String name, long expected, long present) {
        DataPath path = DataPath.of(name);
        Optional<List<FileRange>> ranges =
                blocks.ranges(SourceFile.file(path, expected * BLOCK), SourceFile.file(path, present * BLOCK));
        return ranges.map(all -> String.join(
                        " ",
                        all.stream()
                                .map(range -> range.offset() / BLOCK + "-" + range.end() / BLOCK)
                                .toList()))
                .orElse("?");
    }

    @Test
    void takesEachBlockThatARecordOfEitherSideNames() {
        ChangedBlocks target = new Changes()
                .before(RELATION, 1)
                .rebuilt(RELATION, 1)
                .after(RELATION, 4)
                .build();
        ChangedBlocks backup = new Changes().after(RELATION, 5, 8).build();

        assertThat(blocks("base/5/100", 10, 10, target, backup)).isEqualTo("1-2 4-6 8-9");
        assertThat(blocks("base/5/101", 10, 10, target, backup)).isEmpty();
    }

    @Test
    void takesAllBehindTheShortestLengthThatAScanSawARelationCutTo() {
        ChangedBlocks shared = new Changes().truncated(RELATION, 7).build();
        ChangedBlocks backup = new Changes().truncated(RELATION, 3).build();

        assertThat(blocks("base/5/100", 10, 10, shared)).isEqualTo("7-10");
        assertThat(blocks("base/5/100", 10, 10, shared, backup)).isEqualTo("3-10");
        assertThat(blocks("base/5/100.1", 4, 4, shared)).isEqualTo("0-4");
    }

    @Test
    void takesWhatTheTargetDoesNotHave() {
        ChangedBlocks target = new Changes().after(RELATION, 2, 9).build();

        assertThat(blocks("base/5/100", 10, 6, target)).isEqualTo("2-3 6-10");
        assertThat(blocks("base/5/100", 5, 10, target)).isEqualTo("2-3");
    }

    @Test
    void takesPartsOfPages() {
        DataPath path = DataPath.of("base/5/100");
        DifferingBlocks blocks = DifferingBlocks.of(GEOMETRY, List.of(new Changes().build()), BlockSet.of(), Set.of());

        assertThat(blocks.ranges(SourceFile.file(path, 2 * BLOCK + 100), SourceFile.file(path, 2 * BLOCK + 100)))
                .contains(List.of(new FileRange(path, 2 * BLOCK, 100)));
        assertThat(blocks.ranges(SourceFile.file(path, 2 * BLOCK), SourceFile.file(path, BLOCK + 5)))
                .contains(List.of(new FileRange(path, BLOCK, BLOCK)));
    }

    @Test
    void takesBlocksThatAreFoundWithoutARecord() {
        DifferingBlocks blocks = DifferingBlocks.of(
                GEOMETRY,
                List.of(new Changes().build()),
                BlockSet.builder().add(RELATION, 0).build(),
                Set.of());

        assertThat(blocks(blocks, "base/5/100", 3, 3)).isEqualTo("0-1");
    }

    @Test
    void doesNotTellOfOtherForksUnloggedRelationsAndCopiedDatabases() {
        DifferingBlocks blocks = DifferingBlocks.of(
                GEOMETRY,
                List.of(new Changes().fileCopy(Changes.DIVERGENCE, 1, 6).build()),
                BlockSet.of(),
                Set.of(RELATION));

        assertThat(blocks(blocks, "base/5/100", 3, 3)).isEqualTo("?");
        assertThat(blocks(blocks, "base/5/101_vm", 3, 3)).isEqualTo("?");
        assertThat(blocks(blocks, "base/6/100", 3, 3)).isEqualTo("?");
        assertThat(blocks(blocks, "PG_VERSION", 3, 3)).isEqualTo("?");
        assertThat(blocks(blocks, "base/5/101", 3, 3)).isEmpty();
    }

    @Test
    void tellsUnloggedRelationsAndLongerOnesByTheirFiles() {
        Map<DataPath, SourceFile> present = Map.of(
                DataPath.of("base/5/100_init"), SourceFile.file(DataPath.of("base/5/100_init"), 0),
                DataPath.of("base/5/200"), SourceFile.file(DataPath.of("base/5/200"), 10 * BLOCK),
                DataPath.of("base/5/200.1"), SourceFile.file(DataPath.of("base/5/200.1"), BLOCK),
                DataPath.of("base/5/300"), SourceFile.file(DataPath.of("base/5/300"), BLOCK));

        Relations relations = Relations.of(
                GEOMETRY,
                List.of(
                        SourceFile.file(DataPath.of("base/5/200"), 10 * BLOCK),
                        SourceFile.file(DataPath.of("base/5/300"), BLOCK)),
                present);

        assertThat(relations.unlogged()).containsExactly(RELATION);
        assertThat(relations.longer()).containsExactly(new RelFileLocator(RelFileLocator.DEFAULT_TABLESPACE, 5, 200));
    }
}
