package org.pgrewind4j.transport.backup;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A plain tar file that is read at any place, by several threads. It is not read by a channel: an interrupt of one reader
 * would close that for all.
 */
final class PlainTar implements Closeable {

    private final RandomAccessFile file;

    private PlainTar(RandomAccessFile file) {
        this.file = file;
    }

    static PlainTar open(Path place) throws IOException {
        return new PlainTar(new RandomAccessFile(place.toFile(), "r"));
    }

    /** An empty one whose name is gone already, so that it goes away whatever becomes of this program. */
    static PlainTar temporary(Path directory) throws IOException {
        Path place = Files.createTempFile(directory, "pgrewind4j-", ".tar");
        try {
            return new PlainTar(new RandomAccessFile(place.toFile(), "rw"));
        } finally {
            Files.delete(place);
        }
    }

    long size() throws IOException {
        return file.length();
    }

    /** Adds bytes at the end; before it is read. */
    void append(byte[] bytes, int length) throws IOException {
        file.write(bytes, 0, length);
    }

    /** As {@link java.nio.channels.FileChannel#read(ByteBuffer, long)}. */
    int read(ByteBuffer target, long position) throws IOException {
        byte[] bytes = target.hasArray() ? target.array() : new byte[target.remaining()];
        int offset = target.hasArray() ? target.arrayOffset() + target.position() : 0;
        int read;
        synchronized (file) {
            file.seek(position);
            read = file.read(bytes, offset, target.remaining());
        }
        if (read > 0 && target.hasArray()) {
            target.position(target.position() + read);
        } else if (read > 0) {
            target.put(bytes, 0, read);
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
