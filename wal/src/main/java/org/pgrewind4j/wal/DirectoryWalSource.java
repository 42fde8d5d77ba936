package org.pgrewind4j.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;

/** The segments in one directory, under the names that PostgreSQL gives them: a {@code pg_wal} or a plain archive. */
public final class DirectoryWalSource implements WalSegmentSource {

    private final Path directory;

    /**
     * Names the directory; it is looked at only when a segment is opened.
     *
     * @param directory holds the segment files; one that does not exist is a source without segments
     */
    public DirectoryWalSource(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<WalSegment> open(WalSegmentName name) throws IOException {
        try {
            return Optional.of(
                    new FileSegment(FileChannel.open(directory.resolve(name.fileName()), StandardOpenOption.READ)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        try {
            byte[] content = Files.readAllBytes(directory.resolve(timeline.historyFileName()));
            return Optional.of(TimelineHistory.parse(timeline, new String(content, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Prints the directory. */
    @Override
    public String toString() {
        return directory.toString();
    }

    private record FileSegment(FileChannel file) implements WalSegment {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
