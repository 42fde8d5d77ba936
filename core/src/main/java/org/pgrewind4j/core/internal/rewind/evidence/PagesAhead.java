package org.pgrewind4j.core.internal.rewind.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;
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
 * <p>Pages of unlogged and temporary relations have LSNs that mean nothing, and so have those of free space maps.
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
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
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
