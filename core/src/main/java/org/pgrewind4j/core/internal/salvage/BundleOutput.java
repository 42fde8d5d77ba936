package org.pgrewind4j.core.internal.salvage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.files.FileOperations.WritableFile;

/** Compresses into a file, which is durable when this is closed without an error. */
final class BundleOutput extends GZIPOutputStream {

    private static final int BUFFER = 1 << 16;

    BundleOutput(FileOperations files, Path file) throws IOException {
        super(new Plain(files.open(file)), BUFFER);
        // A rewind waits for this.
        def.setLevel(Deflater.BEST_SPEED);
    }

    private static final class Plain extends OutputStream {
        private final WritableFile file;
        private long position;

        Plain(WritableFile file) throws IOException {
            this.file = file;
            file.resize(0);
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(ByteBuffer.wrap(bytes, offset, length), position);
            position += length;
        }

        @Override
        public void close() throws IOException {
            try (file) {
                file.sync();
            }
        }
    }
}
