package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.local.DataDirectory;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.PageHeader;
import org.pgrewind4j.wal.RelationFile;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Finds a page of the target that a record behind a position changed. Before such a page is written, WAL is on the disk up
 * to its LSN (PostgreSQL: {@code src/backend/storage/buffer/bufmgr.c}, {@code FlushBuffer}). Reads the header of every
 * page, so it is for the rare case that nothing else tells.
 *
 * <p>Pages of unlogged and temporary relations have LSNs that mean nothing, and so have those of free space maps. Nor does a
 * relation count that the source does not have: who builds one writes its pages past the buffers, with their LSNs and before
 * that WAL is on the disk ({@code src/backend/storage/smgr/bulk_write.c}, {@code smgr_bulk_flush}; before 17
 * {@code src/backend/access/nbtree/nbtsort.c}, {@code _bt_blwritepage}, and its like). A server that is killed meanwhile leaves
 * such a file, which nothing refers to. It goes whatever its pages say, and what it does not prove the others do: if no page
 * that was there at the divergence is ahead, what was read names all that changed them.
 */
final class PagesAhead {

    private static final int BUFFER = 1 << 20;

    private final Settings settings;
    private final RelationGeometry geometry;

    private PagesAhead(Settings settings, RelationGeometry geometry) {
        this.settings = settings;
        this.geometry = geometry;
    }

    static PagesAhead of(Settings settings, ControlFile controlFile) {
        return new PagesAhead(settings, RelationGeometry.of(controlFile));
    }

    /**
     * A page.
     *
     * @param path of its file
     * @param block its number in the file
     * @param lsn the end of the record that last changed it
     */
    record Page(DataPath path, long block, Lsn lsn) {
        @Override
        public String toString() {
            return "block " + block + " of \"" + path + "\"";
        }
    }

    /** Finds a page with an LSN behind the position, if there is one. */
    Optional<Page> first(Lsn position) throws IOException {
        Listing listing;
        try (LocalDirectoryTransport target = LocalDirectoryTransport.openToLookAt(settings.target())) {
            listing = Listing.of(target, Set.of(), geometry);
        }
        DataDirectory directory = DataDirectory.of(settings.target());
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        for (SourceFile file : listing.files()) {
            if (file.type() == SourceFile.Type.FILE && isLogged(listing, file)) {
                try (FileChannel channel = directory.open(file.path())) {
                    Optional<Page> found = first(file.path(), channel, buffer, position);
                    if (found.isPresent() && isOnSource(file.path())) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private boolean isOnSource(DataPath path) throws IOException {
        AtomicBoolean there = new AtomicBoolean(true);
        settings.source().fetch(List.of(new FileRange(path, 0, 1)), new RangeReceiver() {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) {
                // Whatever it is.
            }

            @Override
            public void end(int range, long delivered) {
                // It is there.
            }

            @Override
            public void vanished(int range) {
                there.set(false);
            }
        });
        return there.get();
    }

    private boolean isLogged(Listing listing, SourceFile file) {
        return geometry.file(file.path())
                .filter(found -> found.fork() != ForkName.FSM)
                .map(RelationFile::relation)
                .filter(relation -> !listing.isUnlogged(relation))
                .isPresent();
    }

    private Optional<Page> first(DataPath path, FileChannel file, ByteBuffer buffer, Lsn position) throws IOException {
        int blockSize = geometry.blockSize();
        long at = 0;
        while (file.read(buffer.clear(), at) > 0) {
            while (buffer.position() % blockSize != 0 && file.read(buffer, at + buffer.position()) > 0) {
                // A read may give less than there is.
            }
            for (int page = 0; page + blockSize <= buffer.position(); page += blockSize) {
                Lsn lsn = PageHeader.lsn(buffer, page);
                if (lsn.isAfter(position)) {
                    return Optional.of(new Page(path, (at + page) / blockSize, lsn));
                }
            }
            if (buffer.position() < blockSize) {
                break;
            }
            at += buffer.position() - buffer.position() % blockSize;
        }
        return Optional.empty();
    }
}
