package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

class RangeSplitterTest {

    private static final DataPath PATH = DataPath.of("base/1/1259");

    @Property
    void piecesCoverTheRangesInOrder(@ForAll("ranges") List<FileRange> ranges) {
        List<RangePiece> all = new ArrayList<>();
        RangeSplitter pieces = new RangeSplitter(ranges);
        for (List<RangePiece> batch = pieces.nextBatch(); !batch.isEmpty(); batch = pieces.nextBatch()) {
            assertThat(batch).hasSizeLessThanOrEqualTo(RangeSplitter.BATCH_PIECES);
            assertThat(batch.stream().mapToInt(RangePiece::length).sum())
                    .isLessThan(RangeSplitter.BATCH_BYTES + RangeSplitter.PIECE);
            all.addAll(batch);
        }
        int next = 0;
        for (int range = 0; range < ranges.size(); range++) {
            long position = ranges.get(range).offset();
            RangePiece piece;
            do {
                piece = all.get(next++);
                assertThat(piece.range()).isEqualTo(range);
                assertThat(piece.path()).isEqualTo(ranges.get(range).path());
                assertThat(piece.offset()).isEqualTo(position);
                position += piece.length();
            } while (!piece.last());
            assertThat(position).isEqualTo(ranges.get(range).end());
        }
        assertThat(next).isEqualTo(all.size());
    }

    @Provide
    Arbitrary<List<FileRange>> ranges() {
        Arbitrary<FileRange> range = Combinators.combine(
                        Arbitraries.longs().between(0, 1L << 35),
                        Arbitraries.longs().between(0, 3_000_000))
                .as((offset, length) -> new FileRange(PATH, offset, length));
        return range.list().ofMaxSize(30);
    }

    @Test
    void aRangeWithoutEndIsCutAsItIsRead() {
        RangeSplitter pieces = new RangeSplitter(List.of(
                new FileRange(PATH, 0, Long.MAX_VALUE), new FileRange(PATH, 5, 5), new FileRange(PATH, 1L << 50, 9)));
        assertThat(pieces.nextBatch()).hasSize(16).allMatch(piece -> piece.range() == 0 && !piece.last());
        assertThat(pieces.nextBatch()).hasSize(16);
        pieces.endOf(0);
        assertThat(pieces.nextBatch())
                .containsExactly(new RangePiece(1, PATH, 5, 5, true), new RangePiece(2, PATH, 0, 0, true));
        assertThat(pieces.nextBatch()).isEmpty();
    }
}
