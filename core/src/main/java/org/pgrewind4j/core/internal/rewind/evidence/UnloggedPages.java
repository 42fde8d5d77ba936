package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.scan.BlockSet;
import org.pgrewind4j.wal.scan.ChangedBlocks;

/**
 * Finds pages of the target that can hold something of the abandoned branch although no record names them, by reading
 * them.
 *
 * <ul>
 *   <li><b>Index entries that are marked dead.</b> A scan marks an entry whose row is dead to all (nbtree, hash, GiST:
 *       {@code _bt_killitems} and {@code _bt_check_unique}, {@code _hash_kill_items}, {@code gistkillitems}). The row was
 *       perhaps deleted by the abandoned branch only; then it is there again and its index does not find it. Not in
 *       recovery: there nobody marks. A page that is named is copied or rebuilt anyway, so these are pages that no record
 *       names. One that was marked before the divergence is copied for nothing.
 *   <li><b>The metapage of an SP-GiST index that is longer on the target.</b> It can name a page that an insertion added
 *       and then failed before its first record ({@code src/backend/access/spgist/spgutils.c}, {@code allocNewBuffer}).
 * </ul>
 *
 * <p>In a heap pruning marks items, with a record. Other kinds of index do not mark any. So of a relation with a known
 * kind of these just a page is read.
 */
public final class UnloggedPages {

    private static final int CHUNK_BLOCKS = 128;

    private static final int HEADER_SIZE = 24;
    private static final int LOWER = 12;
    private static final int UPPER = 14;
    private static final int SPECIAL = 16;

    private static final int ITEM_STATE_SHIFT = 15;
    private static final int ITEM_DEAD = 3;

    /** The special space of GIN, SP-GiST, BRIN, sequences and bloom; the last two bytes tell most of them apart. */
    private static final int SMALL_SPECIAL = 8;

    private static final int GIN_METAPAGE = 0x08;
    private static final Set<Integer> WITHOUT_MARKS = Set.of(0xFF82, 0xFF83, 0xF091, 0xF092, 0xF093, GIN_METAPAGE);
    private static final int SPGIST_MAGIC = 0xBA0BABEE;
    private static final int SEQUENCE_MAGIC = 0x1717;

    private final RelationGeometry geometry;
    private final DataDirectory directory;
    private final Listing target;
    private final BlockSet.Builder found = BlockSet.builder();

    public UnloggedPages(RelationGeometry geometry, DataDirectory directory, Listing target) {
        this.geometry = geometry;
        this.directory = directory;
        this.target = target;
    }

    /** The blocks that were found. */
    public BlockSet found() {
        return found.build();
    }

    /** Looks for entries that are marked dead, on the pages that no record names. */
    public void findDeadEntries(ChangedBlocks changed) throws IOException {
        Set<RelFileLocator> withoutMarks = new HashSet<>();
        for (SourceFile file : target.files()) {
            RelationFile relation = mainFork(file);
            // The first segment comes first, and tells for all of the relation.
            if (relation != null && !withoutMarks.contains(relation.relation())) {
                try (FileChannel channel = directory.open(file.path())) {
                    if (!scan(channel, relation, changed)) {
                        withoutMarks.add(relation.relation());
                    }
                }
            }
        }
    }

    private @Nullable RelationFile mainFork(SourceFile file) {
        if (file.type() != SourceFile.Type.FILE || file.size() < geometry.blockSize()) {
            return null;
        }
        return geometry.file(file.path())
                .filter(relation -> relation.fork() == ForkName.MAIN && !target.isUnlogged(relation.relation()))
                .orElse(null);
    }

    /** Reads a file; false if its first page that was ever written shows that nothing of the relation is marked. */
    private boolean scan(FileChannel channel, RelationFile file, ChangedBlocks changed) throws IOException {
        int size = geometry.blockSize();
        long block = file.firstBlock(geometry.segmentBlocks());
        boolean isKnown = false;
        ByteBuffer pages = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (read(channel, pages)) {
            for (int at = 0; at + size <= pages.limit(); at += size, block++) {
                if (!isKnown && unsigned(pages, at + UPPER) != 0) {
                    if (isWithoutMarks(pages, at)) {
                        return false;
                    }
                    isKnown = true;
                }
                if (hasDeadEntry(pages, at) && !isNamed(changed, file.relation(), block)) {
                    found.add(file.relation(), block);
                }
            }
            if (pages.capacity() == size) {
                pages = ByteBuffer.allocate(CHUNK_BLOCKS * size).order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        return true;
    }

    private static boolean read(FileChannel channel, ByteBuffer pages) throws IOException {
        pages.clear();
        while (pages.hasRemaining() && channel.read(pages) >= 0) {}
        pages.flip();
        return pages.hasRemaining();
    }

    private static boolean isNamed(ChangedBlocks changed, RelFileLocator relation, long block) {
        return changed.after().contains(relation, block) || changed.before().contains(relation, block);
    }

    private boolean isWithoutMarks(ByteBuffer pages, int at) {
        int special = unsigned(pages, at + SPECIAL);
        int size = geometry.blockSize();
        return special >= size
                || (special == size - SMALL_SPECIAL
                        && (WITHOUT_MARKS.contains(unsigned(pages, at + size - Short.BYTES))
                                || pages.getInt(at + special) == SEQUENCE_MAGIC));
    }

    private boolean hasDeadEntry(ByteBuffer pages, int at) {
        int lower = unsigned(pages, at + LOWER);
        int end = Math.min(lower, unsigned(pages, at + SPECIAL));
        if (end > geometry.blockSize()) {
            return false;
        }
        for (int item = HEADER_SIZE; item + Integer.BYTES <= end; item += Integer.BYTES) {
            if ((pages.getInt(at + item) >>> ITEM_STATE_SHIFT & ITEM_DEAD) == ITEM_DEAD) {
                return true;
            }
        }
        return false;
    }

    /** Looks for metapages of SP-GiST among relations that are longer on the target. */
    public void findMetapages(Set<RelFileLocator> longer) throws IOException {
        for (RelFileLocator relation : longer) {
            DataPath path = geometry.path(new RelationFile(relation, ForkName.MAIN, 0));
            Optional<SourceFile> file = target.find(path).filter(found -> mainFork(found) != null);
            if (file.isPresent()) {
                ByteBuffer page = ByteBuffer.allocate(geometry.blockSize()).order(ByteOrder.LITTLE_ENDIAN);
                try (FileChannel channel = directory.open(path)) {
                    if (read(channel, page) && page.getInt(HEADER_SIZE) == SPGIST_MAGIC) {
                        found.add(relation, 0);
                    }
                }
            }
        }
    }

    private static int unsigned(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }
}
