package org.pgrewind4j.wal.scan;

import java.util.Arrays;

/**
 * A growing set of the block numbers of one fork of one relation: a bitmap for each of its 1 GB files.
 *
 * <table>
 * <caption>Where the bit of a block lies, block numbers being unsigned 32-bit</caption>
 * <tr><th>bits of the number</th><th>meaning</th></tr>
 * <tr><td>31 to 17</td><td>the file, an index into {@code files}</td></tr>
 * <tr><td>16 to 6</td><td>the word, an index into the file's array</td></tr>
 * <tr><td>5 to 0</td><td>the bit within the word</td></tr>
 * </table>
 *
 * <p>A file's array reaches no further than twice its greatest word in use, and 16 KB at most: so memory is bounded by
 * one bit for each block of the data that the WAL names, and a small relation stays small.
 */
final class BlockBitmap {

    /** Blocks of 8 kB in a relation file of 1 GB. Only a unit of storage here: any block size works. */
    private static final int FILE_SHIFT = 17;

    private static final int FILE_WORDS = 1 << (FILE_SHIFT - 6);
    private static final long[] NONE = new long[0];

    private long[][] files = new long[1][];

    BlockBitmap() {
        files[0] = NONE;
    }

    /**
     * Adds a block.
     *
     * @return whether the block is new here
     */
    boolean add(int block) {
        int file = block >>> FILE_SHIFT;
        int word = (block >>> 6) & (FILE_WORDS - 1);
        long[] words = file < files.length ? files[file] : NONE;
        if (word >= words.length) {
            words = grow(file, word);
        }
        long bit = 1L << block;
        long old = words[word];
        words[word] = old | bit;
        return (old & bit) == 0;
    }

    /** Adds the blocks from {@code first} on and before {@code end}, numbers up to 2^32. */
    void addRange(long first, long end) {
        long block = first;
        while (block < end) {
            if ((block & 63) == 0 && end - block >= 64) {
                words((int) (block >>> FILE_SHIFT), wordOf(block))[wordOf(block)] = -1L;
                block += 64;
            } else {
                add((int) block);
                block++;
            }
        }
    }

    boolean contains(int block) {
        int file = block >>> FILE_SHIFT;
        int word = (block >>> 6) & (FILE_WORDS - 1);
        return file < files.length && word < files[file].length && (files[file][word] & 1L << block) != 0;
    }

    boolean isEmpty() {
        for (long[] words : files) {
            for (long word : words) {
                if (word != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    long size() {
        long size = 0;
        for (long[] words : files) {
            for (long word : words) {
                size += Long.bitCount(word);
            }
        }
        return size;
    }

    /** Adds every block of another bitmap, which stays as it is. */
    void addAll(BlockBitmap other) {
        for (int file = 0; file < other.files.length; file++) {
            long[] more = other.files[file];
            if (more.length > 0) {
                long[] words = words(file, more.length - 1);
                for (int i = 0; i < more.length; i++) {
                    words[i] |= more[i];
                }
            }
        }
    }

    /** Removes every block of another bitmap, which stays as it is. */
    void removeAll(BlockBitmap other) {
        for (int file = 0; file < Math.min(files.length, other.files.length); file++) {
            long[] words = files[file];
            long[] less = other.files[file];
            for (int i = 0; i < Math.min(words.length, less.length); i++) {
                words[i] &= ~less[i];
            }
        }
    }

    BlockBitmap copy() {
        BlockBitmap copy = new BlockBitmap();
        copy.files = new long[files.length][];
        for (int file = 0; file < files.length; file++) {
            copy.files[file] = files[file].clone();
        }
        return copy;
    }

    /** Tells every maximal run of consecutive blocks, ascending; a run may go on over the end of a file. */
    void forEachRange(BlockSet.RangeConsumer consumer) {
        long first = next(0, true);
        while (first >= 0) {
            long end = next(first, false);
            consumer.accept(first, end);
            first = next(end, true);
        }
    }

    /** The first block from {@code block} on that is, or is not, in the set; -1 if there is none that is. */
    private long next(long block, boolean present) {
        long at = block;
        while (at >>> FILE_SHIFT < files.length) {
            long[] words = files[(int) (at >>> FILE_SHIFT)];
            int word = wordOf(at);
            if (word >= words.length) {
                if (!present) {
                    return at;
                }
                at = ((at >>> FILE_SHIFT) + 1) << FILE_SHIFT;
                continue;
            }
            long bits = (present ? words[word] : ~words[word]) >>> at;
            if (bits != 0) {
                return at + Long.numberOfTrailingZeros(bits);
            }
            at = (at | 63) + 1;
        }
        return present ? -1 : at;
    }

    private static int wordOf(long block) {
        return (int) (block >>> 6) & (FILE_WORDS - 1);
    }

    private long[] words(int file, int word) {
        long[] words = file < files.length ? files[file] : NONE;
        return word < words.length ? words : grow(file, word);
    }

    private long[] grow(int file, int word) {
        if (file >= files.length) {
            int from = files.length;
            files = Arrays.copyOf(files, Math.max(file + 1, Math.min(2 * from, 1 << (32 - FILE_SHIFT))));
            Arrays.fill(files, from, files.length, NONE);
        }
        int length = Math.min(FILE_WORDS, Math.max(2, Integer.highestOneBit(word) << 1));
        files[file] = Arrays.copyOf(files[file], length);
        return files[file];
    }

    /** Equal if they hold the same blocks, however far their arrays reach. */
    @Override
    public boolean equals(Object object) {
        if (!(object instanceof BlockBitmap other)) {
            return false;
        }
        for (int file = 0; file < Math.max(files.length, other.files.length); file++) {
            long[] mine = file < files.length ? files[file] : NONE;
            long[] others = file < other.files.length ? other.files[file] : NONE;
            int common = Math.min(mine.length, others.length);
            long[] longer = mine.length > others.length ? mine : others;
            if (!Arrays.equals(mine, 0, common, others, 0, common) || !allZero(longer, common)) {
                return false;
            }
        }
        return true;
    }

    private static boolean allZero(long[] words, int from) {
        for (int i = from; i < words.length; i++) {
            if (words[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        long hash = 0;
        for (int file = 0; file < files.length; file++) {
            for (int i = 0; i < files[file].length; i++) {
                // A word of zeros adds nothing, so arrays of different reach agree.
                hash += files[file][i] * (31L * file + i + 1);
            }
        }
        return Long.hashCode(hash);
    }
}
