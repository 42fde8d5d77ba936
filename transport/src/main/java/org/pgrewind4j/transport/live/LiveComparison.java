package org.pgrewind4j.transport.live;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.DataDirectory;

/** Compares the hashes that a server sends with those of local files. */
final class LiveComparison implements LiveStream.PieceReceiver, Closeable {

    private final DataDirectory directory;
    private final CallGuard gate;
    private final MessageDigest digest;
    private final ByteBuffer buffer = ByteBuffer.allocate(RangeSplitter.PIECE);
    private final BitSet different = new BitSet();

    private @Nullable DataPath path;
    private @Nullable FileChannel file;

    LiveComparison(DataDirectory directory, CallGuard gate, LiveBatch.Kind kind) {
        this.directory = directory;
        this.gate = gate;
        try {
            this.digest = MessageDigest.getInstance(kind == LiveBatch.Kind.SHA_256 ? "SHA-256" : "MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java lacks a hash that every Java has", e);
        }
    }

    BitSet different() {
        return different;
    }

    @Override
    public boolean piece(RangePiece piece, LiveBatch.Answer answer) throws IOException {
        FileChannel mine = open(piece.path());
        boolean equal = mine != null && answer.length() == read(mine, piece) && hash().equals(answer.bytes());
        if (!equal) {
            different.set(piece.range());
        }
        // Both sides end within an equal piece that is short.
        return equal && answer.length() == piece.length();
    }

    private @Nullable FileChannel open(DataPath wanted) throws IOException {
        if (!wanted.equals(path)) {
            close();
            try {
                file = directory.open(wanted);
            } catch (NoSuchFileException e) {
                file = null;
            }
            path = wanted;
        }
        return file;
    }

    private int read(FileChannel mine, RangePiece piece) throws IOException {
        buffer.clear().limit(piece.length());
        while (buffer.hasRemaining() && gate.read(mine, buffer, piece.offset() + buffer.position()) >= 0) {
            // Goes on until the piece is full or the file ends.
        }
        return buffer.flip().remaining();
    }

    private ByteBuffer hash() {
        digest.update(buffer);
        return ByteBuffer.wrap(digest.digest());
    }

    @Override
    public void close() throws IOException {
        FileChannel open = file;
        file = null;
        path = null;
        if (open != null) {
            open.close();
        }
    }
}
