package org.pgrewind4j.core.internal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;

/** The staged files that are open for writing, a few at a time: pieces of several files can come in turn. */
public final class StagingFiles implements Closeable {

    private static final int OPEN = 16;

    private final FileOperations files;
    private final Map<Path, WritableFile> open = new LinkedHashMap<>();

    public StagingFiles(FileOperations files) {
        this.files = files;
    }

    public void write(Path file, ByteBuffer bytes, long position) throws IOException {
        opened(file).write(bytes, position);
    }

    public long transfer(Path file, FileChannel source, long offset, long length) throws IOException {
        return opened(file).transferFrom(source, offset, length);
    }

    /** Creates an empty file. */
    public void create(Path file) throws IOException {
        opened(file).resize(0);
    }

    /** Makes sure that there is such a file, whatever is in it. */
    public void touch(Path file) throws IOException {
        opened(file);
    }

    private WritableFile opened(Path file) throws IOException {
        WritableFile writable = open.get(file);
        if (writable == null) {
            if (open.size() == OPEN) {
                Iterator<WritableFile> eldest = open.values().iterator();
                WritableFile closed = eldest.next();
                eldest.remove();
                closed.close();
            }
            writable = files.open(file);
            open.put(file, writable);
        }
        return writable;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (WritableFile file : open.values()) {
            try {
                file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        open.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
