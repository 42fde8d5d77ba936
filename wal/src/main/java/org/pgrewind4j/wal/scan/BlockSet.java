package org.pgrewind4j.wal.scan;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Maps;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.RelFileLocator;

/**
 * An immutable set of main-fork blocks, by relation. Relations come in the order of their tablespace, database and
 * number, blocks in ascending order; block numbers are unsigned 32-bit numbers and so are {@code long} here.
 *
 * <p>It costs one bit for each block up to the greatest block in the set, for each 1 GB file of the relation that has
 * one: 16 KB for a file. Safe for several threads.
 */
public final class BlockSet {

    /** The greatest number of blocks that a fork can have; the last number is PostgreSQL's "no block". */
    private static final long BLOCK_LIMIT = 0xFFFF_FFFFL;

    private static final BlockSet EMPTY = new BlockSet(Map.of());

    /** In ascending order; no bitmap is empty, and none is changed any more. */
    private final Map<RelFileLocator, BlockBitmap> relations;

    private final long size;

    private BlockSet(Map<RelFileLocator, BlockBitmap> ascending) {
        this.relations = Collections.unmodifiableMap(ascending);
        long blocks = 0;
        for (BlockBitmap bitmap : ascending.values()) {
            blocks += bitmap.size();
        }
        this.size = blocks;
    }

    /** Makes a set of bitmaps that the caller gives away: nobody may change them any more. */
    static BlockSet taking(Map<RelFileLocator, BlockBitmap> relations) {
        Map<RelFileLocator, BlockBitmap> filled = new LinkedHashMap<>();
        new TreeMap<>(relations).forEach((relation, blocks) -> {
            if (!blocks.isEmpty()) {
                filled.put(relation, blocks);
            }
        });
        return new BlockSet(filled);
    }

    /** Receives the runs of consecutive blocks of a relation. */
    @FunctionalInterface
    public interface RangeConsumer {
        /**
         * Takes one run.
         *
         * @param first the first block of the run
         * @param end the block after its last one
         */
        void accept(long first, long end);
    }

    /**
     * The set without blocks.
     *
     * @return an empty set
     */
    public static BlockSet of() {
        return EMPTY;
    }

    /**
     * Starts a new set.
     *
     * @return a builder without blocks
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The relations that have a block in the set.
     *
     * @return in the order of tablespace, database and relation number; immutable
     */
    public Set<RelFileLocator> relations() {
        return relations.keySet();
    }

    /**
     * Whether a block is in the set.
     *
     * @param relation the relation
     * @param block the block's number in the main fork
     * @return true if it is
     */
    public boolean contains(RelFileLocator relation, long block) {
        BlockBitmap blocks = relations.get(relation);
        return blocks != null && block >= 0 && block < BLOCK_LIMIT && blocks.contains((int) block);
    }

    /**
     * Whether there is no block in the set.
     *
     * @return true if the size is 0
     */
    public boolean isEmpty() {
        return relations.isEmpty();
    }

    /**
     * The number of blocks.
     *
     * @return over all relations
     */
    public long size() {
        return size;
    }

    /**
     * The number of blocks of one relation.
     *
     * @param relation the relation
     * @return 0 if the relation has no block in the set
     */
    public long size(RelFileLocator relation) {
        BlockBitmap blocks = relations.get(relation);
        return blocks == null ? 0 : blocks.size();
    }

    /**
     * Tells the blocks of a relation as runs of consecutive blocks, ascending, each as long as can be.
     *
     * @param relation the relation; nothing is told of one that has no block in the set
     * @param consumer called for each run, in the caller's thread
     */
    public void forEachRange(RelFileLocator relation, RangeConsumer consumer) {
        BlockBitmap blocks = relations.get(relation);
        if (blocks != null) {
            blocks.forEachRange(consumer);
        }
    }

    /**
     * The blocks of both sets.
     *
     * @param other the other set
     * @return the blocks that are in this set or in the other
     */
    public BlockSet union(BlockSet other) {
        Map<RelFileLocator, BlockBitmap> union = new HashMap<>(relations);
        other.relations.forEach((relation, blocks) -> union.merge(relation, blocks, (mine, more) -> {
            BlockBitmap both = mine.copy();
            both.addAll(more);
            return both;
        }));
        return taking(union);
    }

    /**
     * The blocks of this set only.
     *
     * @param other the blocks to leave out
     * @return the blocks that are in this set and not in the other
     */
    public BlockSet minus(BlockSet other) {
        Map<RelFileLocator, BlockBitmap> rest = new HashMap<>(relations);
        rest.replaceAll((relation, blocks) -> {
            BlockBitmap removed = other.relations.get(relation);
            if (removed == null) {
                return blocks;
            }
            BlockBitmap left = blocks.copy();
            left.removeAll(removed);
            return left;
        });
        return taking(rest);
    }

    /**
     * The blocks of some relations.
     *
     * @param wanted which relations to keep
     * @return the blocks of the relations that {@code wanted} accepts
     */
    public BlockSet filter(Predicate<RelFileLocator> wanted) {
        return new BlockSet(new LinkedHashMap<>(Maps.filterKeys(relations, wanted::test)));
    }

    /** Equal if they hold the same blocks. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BlockSet set && relations.equals(set.relations);
    }

    @Override
    public int hashCode() {
        return relations.hashCode();
    }

    /** Prints the runs of every relation, as in {@code {1663/5/1259: 0-3 7, 1663/5/2619: 4}}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        relations.forEach((relation, blocks) -> {
            text.append(text.length() > 1 ? ", " : "").append(relation).append(':');
            blocks.forEachRange((first, end) -> {
                text.append(' ').append(first);
                if (end - first > 1) {
                    text.append('-').append(end - 1);
                }
            });
        });
        return text.append('}').toString();
    }

    /** Gathers blocks, in any order and as often as they come. Not safe for several threads. */
    public static final class Builder {
        private final Map<RelFileLocator, BlockBitmap> relations = new HashMap<>();

        private Builder() {}

        /**
         * Adds a block.
         *
         * @param relation the relation
         * @param block the block's number in the main fork
         * @return this builder
         * @throws IllegalArgumentException if no block can have that number
         */
        public Builder add(RelFileLocator relation, long block) {
            return addRange(relation, block, block + 1);
        }

        /**
         * Adds consecutive blocks.
         *
         * @param relation the relation
         * @param first the first block
         * @param end the block after the last one
         * @return this builder
         * @throws IllegalArgumentException if no blocks can have those numbers
         */
        public Builder addRange(RelFileLocator relation, long first, long end) {
            checkArgument(
                    first >= 0 && first <= end && end <= BLOCK_LIMIT,
                    "not a range of blocks: from %s to %s: expected ascending numbers up to %s",
                    first,
                    end,
                    BLOCK_LIMIT);
            if (first < end) {
                relations
                        .computeIfAbsent(relation, unknown -> new BlockBitmap())
                        .addRange(first, end);
            }
            return this;
        }

        /**
         * The set of the blocks so far; later additions do not change it.
         *
         * @return an immutable set
         */
        public BlockSet build() {
            return taking(Maps.transformValues(relations, BlockBitmap::copy));
        }
    }
}
