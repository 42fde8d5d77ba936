package org.pgrewind4j.transport.pgbackrest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the blocks of a file are stored, of which each backup of a chain holds those that changed before it
 * (pgBackRest: {@code src/command/backup/blockMap.c}, {@code blockMapNewRead}). Blocks that were stored together are
 * one <i>super block</i>: compressed and encrypted as one piece, so that it is read whole.
 *
 * <p>All numbers are varints: seven bits a byte, the lowest first, the highest bit set in all bytes but the last.
 *
 * <table>
 * <caption>A map</caption>
 * <tr><th>what</th><th>when</th></tr>
 * <tr><td>flags, with bit 0 clear</td><td>once</td></tr>
 * <tr><td>e: bit 0 "last reference", the rest from bit 3 on the reference</td><td>for each reference</td></tr>
 * <tr><td>bundle</td><td>the reference is new and e has bit 1</td></tr>
 * <tr><td>offset</td><td>the reference is new and e has bit 2</td></tr>
 * <tr><td>distance from the end of the reference's last super block</td><td>the reference is known, and e has bit 2 and not bit
 *     1</td></tr>
 * <tr><td>s: bit 0 "last super block of the reference", the rest from bit 3 on its stored size: the first of the map as it
 *     is, others as a zigzag difference to the one before</td><td>for each super block, but none where e of a known
 *     reference has bit 1: its last super block continues then, and bit 2 of e says whether it is the last</td></tr>
 * <tr><td>q: length of the super block in blocks from bit 1 on</td><td>s has bit 1; else as for the reference before, at first
 *     one block</td></tr>
 * <tr><td>bytes beyond these blocks</td><td>q has bit 0</td></tr>
 * <tr><td>t: number of blocks less one, from bit 1 on</td><td>s has bit 2, or the super block continues; else all blocks of
 *     it</td></tr>
 * <tr><td>blocks of the super block that are left out</td><td>t has bit 0</td></tr>
 * <tr><td>a checksum for each block</td><td>always</td></tr>
 * </table>
 *
 * <p>The map names blocks in the order of the file. It is untrusted: one that does not name exactly the blocks of the
 * file, or does not end where they do, is an {@link IniException}. Memory grows with the bytes of the map, not with
 * what they say.
 */
final class BlockMap {

    /** Greater than what pgBackRest has ever used, by far. */
    static final int GREATEST_BLOCK = 64 << 20;

    static final int LONGEST_CHECKSUM = 16;
    static final int USUAL_CHECKSUM = 6;

    /** A super block may be as long as a block, or else has 1 MB: four times the longest block is more than enough. */
    private static final long LONGEST_SUPER_BLOCK = 256L << 20;

    /**
     * Blocks that are stored as one piece.
     *
     * @param reference the number of the backup that holds them
     * @param bundle the number of the bundle that they lie in, 0 for a file of their own
     * @param offset where they begin
     * @param stored how many bytes are stored
     * @param length how many bytes come out
     */
    record SuperBlock(int reference, long bundle, long offset, long stored, int length) {}

    private final int checksumSize;
    private final List<SuperBlock> superBlocks;
    private final int[] superBlockOf;
    private final int[] numberIn;
    private final byte[] checksums;

    private BlockMap(
            int checksumSize, List<SuperBlock> superBlocks, int[] superBlockOf, int[] numberIn, byte[] checksums) {
        this.checksumSize = checksumSize;
        this.superBlocks = superBlocks;
        this.superBlockOf = superBlockOf;
        this.numberIn = numberIn;
        this.checksums = checksums;
    }

    /**
     * Reads a map.
     *
     * @param map its bytes
     * @param blocks how the file is divided
     * @param fileSize the length of the file
     * @param references how many backups there are to refer to
     * @return where the file's blocks are
     * @throws IniException if it is none, or one of another file
     */
    static BlockMap parse(byte[] map, ManifestFile.Blocks blocks, long fileSize, int references) {
        return new Parser(map, blocks, fileSize, references).parse();
    }

    /** How many blocks the file has. */
    int size() {
        return superBlockOf.length;
    }

    SuperBlock superBlock(int block) {
        return superBlocks.get(superBlockOf[block]);
    }

    /** Which block of its super block a block is. */
    int numberIn(int block) {
        return numberIn[block];
    }

    byte[] checksum(int block) {
        return Arrays.copyOfRange(checksums, block * checksumSize, (block + 1) * checksumSize);
    }

    /** What was said of a backup so far. */
    private static final class Reference {
        private long bundle;
        private long offset;
        private long stored;
        private long length;
        private long nextBlock;
        private int superBlock = -1;
    }

    private static final class Parser {
        private final byte[] map;
        private final ManifestFile.Blocks blocks;
        private final long fileBlocks;
        private final int references;
        private final Map<Integer, Reference> known = new HashMap<>();
        private final List<SuperBlock> superBlocks = new ArrayList<>();
        private int position;
        private long lastStored;
        private int[] superBlockOf = new int[16];
        private int[] numberIn = new int[16];
        private byte[] checksums = new byte[256];
        private int count;

        Parser(byte[] map, ManifestFile.Blocks blocks, long fileSize, int references) {
            this.map = map;
            this.blocks = blocks;
            this.fileBlocks = fileSize / blocks.blockSize() + (fileSize % blocks.blockSize() == 0 ? 0 : 1);
            this.references = references;
        }

        BlockMap parse() {
            if ((varint() & 1) != 0) {
                throw fault("expected version 0, found another one");
            }
            boolean last;
            do {
                last = reference();
            } while (!last);
            if (position != map.length) {
                throw fault("expected the end, found " + (map.length - position) + " bytes");
            }
            if (count != fileBlocks) {
                throw fault("expected " + fileBlocks + " blocks, found " + count);
            }
            return new BlockMap(
                    blocks.checksumSize(),
                    superBlocks,
                    Arrays.copyOf(superBlockOf, count),
                    Arrays.copyOf(numberIn, count),
                    checksums);
        }

        private boolean reference() {
            long e = varint();
            long number = e >>> 3;
            if (number >= references) {
                throw fault("expected a reference below " + references + ", found " + Long.toUnsignedString(number));
            }
            Reference reference = known.get((int) number);
            boolean continues = false;
            if (reference == null) {
                reference = new Reference();
                reference.bundle = (e & 2) == 0 ? 0 : varint();
                reference.offset = (e & 4) == 0 ? 0 : varint();
                reference.length = blocks.blockSize();
                known.put((int) number, reference);
            } else if ((e & 2) != 0) {
                continues = true;
            } else {
                reference.offset = sum(reference.offset, reference.stored, (e & 4) == 0 ? 0 : varint());
            }
            superBlocks((int) number, reference, e, continues);
            return (e & 1) != 0;
        }

        private void superBlocks(int number, Reference reference, long e, boolean continues) {
            boolean isFirst = true;
            boolean isLast;
            do {
                boolean isPart;
                if (continues && isFirst) {
                    isLast = (e & 4) != 0;
                    isPart = true;
                    lastStored = reference.stored;
                } else {
                    long s = varint();
                    isLast = (s & 1) != 0;
                    isPart = (s & 4) != 0;
                    begin(number, reference, s, isFirst);
                }
                blocks(reference, isPart);
                isFirst = false;
            } while (!isLast);
        }

        private void begin(int number, Reference reference, long s, boolean isFirst) {
            long value = s >>> 3;
            long stored = lastStored == 0 ? value : lastStored + ((value >>> 1) ^ -(value & 1));
            if (stored <= 0) {
                throw fault("expected a super block, found one of " + stored + " bytes");
            }
            if ((s & 2) != 0) {
                long q = varint();
                if (q >>> 1 > LONGEST_SUPER_BLOCK / blocks.blockSize()) {
                    throw fault("expected a super block of " + LONGEST_SUPER_BLOCK + " bytes at most, found "
                            + Long.toUnsignedString(q >>> 1) + " blocks");
                }
                reference.length = sum((q >>> 1) * blocks.blockSize(), (q & 1) == 0 ? 0 : varint(), 0);
            }
            if (reference.length <= 0 || reference.length > LONGEST_SUPER_BLOCK) {
                throw fault(
                        "expected a super block of 1 to " + LONGEST_SUPER_BLOCK + " bytes, found " + reference.length);
            }
            if (!isFirst) {
                reference.offset = sum(reference.offset, reference.stored, 0);
            }
            reference.stored = stored;
            lastStored = stored;
            reference.nextBlock = 0;
            // The place behind it is a place, too.
            sum(reference.offset, stored, 0);
            reference.superBlock = superBlocks.size();
            superBlocks.add(new SuperBlock(number, reference.bundle, reference.offset, stored, (int) reference.length));
        }

        private void blocks(Reference reference, boolean isPart) {
            long inSuperBlock = (reference.length + blocks.blockSize() - 1) / blocks.blockSize();
            long total = inSuperBlock;
            if (isPart) {
                long t = varint();
                total = (t >>> 1) + 1;
                reference.nextBlock = sum(reference.nextBlock, (t & 1) == 0 ? 0 : varint(), 0);
            }
            if (total > inSuperBlock || reference.nextBlock > inSuperBlock - total) {
                throw fault("expected blocks of a super block of " + inSuperBlock + ", found "
                        + Long.toUnsignedString(total) + " from " + reference.nextBlock + " on");
            }
            if (total > fileBlocks - count) {
                throw fault("expected " + fileBlocks + " blocks, found more");
            }
            for (long i = 0; i < total; i++) {
                add(reference.superBlock, (int) reference.nextBlock);
                reference.nextBlock++;
            }
        }

        private void add(int superBlock, int number) {
            int size = blocks.checksumSize();
            if (map.length - position < size) {
                throw fault("expected a checksum of " + size + " bytes, found the end");
            }
            if (count == superBlockOf.length) {
                superBlockOf = Arrays.copyOf(superBlockOf, count * 2);
                numberIn = Arrays.copyOf(numberIn, count * 2);
            }
            if ((count + 1) * size > checksums.length) {
                checksums = Arrays.copyOf(checksums, (count + 1) * size * 2);
            }
            superBlockOf[count] = superBlock;
            numberIn[count] = number;
            System.arraycopy(map, position, checksums, count * size, size);
            position += size;
            count++;
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                if (position == map.length) {
                    throw fault("expected a number, found the end");
                }
                byte next = map[position++];
                value |= (next & 0x7FL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw fault("expected a number of 64 bits, found a longer one");
        }

        /** A sum of what should be places and lengths. */
        private long sum(long a, long b, long c) {
            if (a < 0 || b < 0 || c < 0 || Long.MAX_VALUE - a < b || Long.MAX_VALUE - a - b < c) {
                throw fault("expected a place in a file, found one beyond all files");
            }
            return a + b + c;
        }

        private IniException fault(String message) {
            return new IniException("block map, byte " + position + ": " + message);
        }
    }
}
