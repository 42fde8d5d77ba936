package org.pgrewind4j.core.internal.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.UpdateFile;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.transport.FileRange;

/** Compares a target's file with what comes of the source's, piece after piece. */
final class PageComparison implements Closeable {

    private final FileChannel target;
    private final int pageSize;
    private final List<Different> different = new ArrayList<>();
    private ByteBuffer present = ByteBuffer.allocate(0);

    PageComparison(FileChannel target, int pageSize) {
        this.target = target;
        this.pageSize = pageSize;
    }

    /** Bytes that differ: where in the file they are, how many, and where they were staged. */
    private record Different(long offset, long length, long staged) {
        Optional<Different> and(Different next) {
            return offset + length == next.offset && staged + length == next.staged
                    ? Optional.of(new Different(offset, length + next.length, staged))
                    : Optional.empty();
        }
    }

    /** Stages bytes, and says where. */
    interface Sink {
        long write(ByteBuffer bytes) throws IOException;
    }

    /** Takes a piece. Of a page that comes in several pieces only the different ones count. */
    void take(long offset, ByteBuffer chunk, Sink sink) throws IOException {
        read(offset, chunk.remaining());
        int base = chunk.position();
        int length = chunk.remaining();
        int begin = -1;
        for (int at = 0; at < length; ) {
            int next = (int) Math.min(length, at + pageSize - (offset + at) % pageSize);
            if (isSame(chunk.slice(base + at, next - at), at)) {
                stage(offset, chunk, base, begin, at, sink);
                begin = -1;
            } else if (begin < 0) {
                begin = at;
            }
            at = next;
        }
        stage(offset, chunk, base, begin, length, sink);
        chunk.position(base + length);
    }

    private boolean isSame(ByteBuffer page, int at) {
        return at + page.remaining() <= present.limit() && page.mismatch(present.slice(at, page.remaining())) < 0;
    }

    private void stage(long offset, ByteBuffer chunk, int base, int begin, int end, Sink sink) throws IOException {
        if (begin < 0) {
            return;
        }
        Different found =
                new Different(offset + begin, end - begin, sink.write(chunk.slice(base + begin, end - begin)));
        int last = different.size() - 1;
        Optional<Different> joined =
                last < 0 ? Optional.empty() : different.get(last).and(found);
        if (joined.isPresent()) {
            different.set(last, joined.get());
        } else {
            different.add(found);
        }
    }

    /** What the target has at that place, as far as it reaches. */
    private void read(long offset, int length) throws IOException {
        if (present.capacity() < length) {
            present = ByteBuffer.allocateDirect(length);
        }
        present.clear().limit(length);
        while (present.hasRemaining() && target.read(present, offset + present.position()) >= 0) {}
        present.flip();
    }

    /** What was staged to make the target's file the source's; empty if it is that already. */
    Optional<FetchedFile> found(UpdateFile update, StagingArea area) throws IOException {
        if (different.isEmpty() && target.size() == update.size()) {
            return Optional.empty();
        }
        List<FileRange> ranges = different.stream()
                .map(part -> new FileRange(update.path(), part.offset(), part.length()))
                .toList();
        long[] staged = different.stream().mapToLong(Different::staged).toArray();
        return Optional.of(FetchedFile.found(new CopyRanges(update.path(), ranges, update.size()), area, staged));
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
