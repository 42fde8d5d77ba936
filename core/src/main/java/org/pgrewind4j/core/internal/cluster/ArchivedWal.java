package org.pgrewind4j.core.internal.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

/** Segments that replay needs and neither side has any more, but an archive that the caller named. */
public final class ArchivedWal {

    private static final int BUFFER = 1 << 20;

    private final WalSegmentSource archives;

    public ArchivedWal(List<WalSegmentSource> archives) {
        this.archives = WalSegmentSource.firstOf(archives);
    }

    /** Whether there is such a segment, and all of it. */
    public boolean has(WalSegmentName name) throws IOException {
        WalSegment segment = archives.open(name).orElse(null);
        if (segment == null) {
            return false;
        }
        try (segment) {
            ByteBuffer one = ByteBuffer.allocate(1);
            return segment.read(one, name.segmentSize() - 1L) == 1 && segment.read(one.clear(), name.segmentSize()) < 0;
        }
    }

    /**
     * Copies a segment that {@link #has} found.
     *
     * @throws PgRewindException if it is gone or cut since
     */
    public void copy(WalSegmentName name, WritableFile to) throws IOException {
        WalSegment segment = archives.open(name).orElseThrow(() -> gone(name));
        try (segment) {
            to.resize(0);
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
            for (long done = 0; done < name.segmentSize(); ) {
                int read = segment.read(buffer.clear().limit((int) Math.min(BUFFER, name.segmentSize() - done)), done);
                if (read < 0) {
                    throw gone(name);
                }
                to.write(buffer.flip(), done);
                done += read;
            }
        }
    }

    private static PgRewindException gone(WalSegmentName name) {
        return new ProblemException(new Problem(
                Problem.Kind.WAL_MISSING_FOR_REPLAY,
                Side.SOURCE,
                name.fileName(),
                "the archive no longer has \"" + name.fileName() + "\", which replay needs",
                "plan again."));
    }
}
