package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.wal.RelFileLocator;

class BlockSetTest {

    private static final long GREATEST = 0xFFFF_FFFEL;
    private static final RelFileLocator CLASS = new RelFileLocator(1663, 5, 1259);
    private static final RelFileLocator HIGH = new RelFileLocator(0x8000_0001, 5, 1);

    /** The model: a block is a pair, a set of blocks a hash set. */
    private record Block(RelFileLocator relation, long number) {}

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void holdsWhatWasAdded(@ForAll("blocks") List<Block> blocks, @ForAll("blocks") List<Block> others) {
        BlockSet set = setOf(blocks);
        Set<Block> model = new HashSet<>(blocks);

        assertThat(blocksOf(set)).isEqualTo(model);
        assertThat(set.size()).isEqualTo(model.size());
        assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
        for (Block other : others) {
            assertThat(set.contains(other.relation(), other.number())).isEqualTo(model.contains(other));
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void tellsRangesInOrderAndAsLongAsCanBe(@ForAll("blocks") List<Block> blocks) {
        BlockSet set = setOf(blocks);
        for (RelFileLocator relation : set.relations()) {
            List<Long> bounds = new ArrayList<>();
            set.forEachRange(relation, (first, end) -> {
                bounds.add(first);
                bounds.add(end);
            });
            // Touching ranges would have been one: so the bounds ascend strictly.
            assertThat(bounds).isNotEmpty().isEqualTo(List.copyOf(new TreeSet<>(bounds)));
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void doesSetAlgebraAsHashSetsDo(@ForAll("blocks") List<Block> left, @ForAll("blocks") List<Block> right) {
        BlockSet a = setOf(left);
        BlockSet b = setOf(right);
        Set<Block> union = new HashSet<>(left);
        union.addAll(right);
        Set<Block> minus = new HashSet<>(left);
        right.forEach(minus::remove);

        assertThat(blocksOf(a.union(b))).isEqualTo(union);
        assertThat(a.union(b)).isEqualTo(b.union(a)).hasSameHashCodeAs(b.union(a));
        assertThat(blocksOf(a.minus(b))).isEqualTo(minus);
        assertThat(a.minus(b).relations()).isEqualTo(relationsOf(minus));
        assertThat(a.minus(a)).isEqualTo(BlockSet.of());
        assertThat(blocksOf(a)).isEqualTo(new HashSet<>(left));
        assertThat(blocksOf(b)).isEqualTo(new HashSet<>(right));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void keepsTheRelationsThatAreWanted(@ForAll("blocks") List<Block> blocks) {
        Set<Block> model = new HashSet<>(blocks);
        model.removeIf(block -> block.relation().database() != 5);
        assertThat(blocksOf(setOf(blocks).filter(relation -> relation.database() == 5)))
                .isEqualTo(model);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void isEqualWhateverTheOrder(@ForAll("blocks") List<Block> blocks) {
        List<Block> sorted = new ArrayList<>(blocks);
        sorted.sort(Comparator.comparing(Block::number));
        assertThat(setOf(sorted)).isEqualTo(setOf(blocks)).hasSameHashCodeAs(setOf(blocks));
    }

    @Test
    void ordersRelationsByUnsignedNumbers() {
        BlockSet set = BlockSet.builder().add(HIGH, 0).add(CLASS, 0).build();
        assertThat(set.relations()).containsExactly(CLASS, HIGH);
    }

    @Test
    void printsRunsOfBlocks() {
        BlockSet set = BlockSet.builder()
                .addRange(CLASS, 0, 4)
                .add(CLASS, 7)
                .add(new RelFileLocator(1663, 5, 2619), GREATEST)
                .build();
        assertThat(set).hasToString("{1663/5/1259: 0-3 7, 1663/5/2619: 4294967294}");
    }

    @Test
    void joinsRunsOverTheEndOfAFile() {
        BlockSet set = BlockSet.builder().addRange(CLASS, 131_000, 262_200).build();
        assertThat(set).hasToString("{1663/5/1259: 131000-262199}");
        assertThat(set.size(CLASS)).isEqualTo(131_200);
        assertThat(set.size(HIGH)).isZero();
    }

    @Test
    void staysAsItIsWhenItsBuilderGoesOn() {
        BlockSet.Builder builder = BlockSet.builder().add(CLASS, 1);
        BlockSet set = builder.build();
        builder.add(CLASS, 2);
        assertThat(set).hasToString("{1663/5/1259: 1}");
    }

    @Test
    void refusesNumbersThatNoBlockHas() {
        BlockSet.Builder builder = BlockSet.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(CLASS, 0xFFFF_FFFFL))
                .withMessage("not a range of blocks: from 4294967295 to 4294967296:"
                        + " expected ascending numbers up to 4294967295");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(CLASS, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addRange(CLASS, 2, 1));
        assertThat(builder.addRange(CLASS, 2, 2).build().contains(CLASS, -1)).isFalse();
    }

    @Provide
    Arbitrary<List<Block>> blocks() {
        Arbitrary<Integer> numbers = Arbitraries.of(1, 5, 1663, 0x8000_0001);
        Arbitrary<RelFileLocator> relations =
                Combinators.combine(numbers, numbers, numbers).as(RelFileLocator::new);
        Arbitrary<Long> blocks = Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.longs().between(0, 200)),
                Tuple.of(20, Arbitraries.longs().between(131_000, 131_200)),
                Tuple.of(20, Arbitraries.longs().between(400_000, 400_010)),
                Tuple.of(1, Arbitraries.longs().between(GREATEST - 300, GREATEST)));
        return Combinators.combine(relations, blocks).as(Block::new).list().ofMaxSize(60);
    }

    private static BlockSet setOf(List<Block> blocks) {
        BlockSet.Builder builder = BlockSet.builder();
        blocks.forEach(block -> builder.add(block.relation(), block.number()));
        return builder.build();
    }

    private static Set<Block> blocksOf(BlockSet set) {
        Set<Block> blocks = new HashSet<>();
        for (RelFileLocator relation : set.relations()) {
            set.forEachRange(relation, (first, end) -> {
                for (long block = first; block < end; block++) {
                    blocks.add(new Block(relation, block));
                }
            });
        }
        return blocks;
    }

    private static Set<RelFileLocator> relationsOf(Set<Block> blocks) {
        Set<RelFileLocator> relations = new HashSet<>();
        blocks.forEach(block -> relations.add(block.relation()));
        return relations;
    }
}
