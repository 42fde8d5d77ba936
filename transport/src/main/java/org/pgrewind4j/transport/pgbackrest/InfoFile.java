package org.pgrewind4j.transport.pgbackrest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.codec.Layer;
import org.pgrewind4j.transport.codec.SaltedCipher;

/**
 * An ini file of a repository, of which there are always two: {@code NAME} and, written after it, {@code NAME.copy}. Whatever
 * is wrong with the first one, the second one is taken; if both are bad, it is an error that tells about both.
 */
final class InfoFile {

    private static final int BUFFER = 64 * 1024;

    private InfoFile() {}

    /** Makes something of a file's bytes. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(InputStream in) throws IOException;
    }

    /**
     * Reads a file or its copy.
     *
     * @param file the first one
     * @param passphrase that it is encrypted with
     * @param parser makes something of it
     * @return what the parser made
     * @throws BackrestException if both are bad
     * @throws UnsafePathException if a name in both is not safe
     */
    static <T> T load(Path file, Optional<String> passphrase, Parser<T> parser) throws IOException {
        try {
            return loadOne(file, passphrase, parser);
        } catch (IOException | PgRewindException first) {
            if (first instanceof InterruptedIOException) {
                throw first;
            }
            try {
                return loadOne(Path.of(file + ".copy"), passphrase, parser);
            } catch (IOException | PgRewindException second) {
                second.addSuppressed(first);
                if (second instanceof InterruptedIOException || second instanceof UnsafePathException) {
                    throw second;
                }
                String isMissing = first instanceof NoSuchFileException && second instanceof NoSuchFileException
                        ? "expected the file or its copy, found neither"
                        : "neither it nor its copy can be used: " + reason(first) + "; the copy: " + reason(second);
                throw BackrestException.in(file, isMissing, second);
            }
        }
    }

    private static String reason(Exception e) {
        return e instanceof NoSuchFileException ? "it is not there" : String.valueOf(e.getMessage());
    }

    private static <T> T loadOne(Path file, Optional<String> passphrase, Parser<T> parser) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw BackrestException.in(file, "expected a file, found something else");
        }
        try (InputStream stored = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            stored.mark(BUFFER);
            boolean isEncrypted = SaltedCipher.isMarked(stored.readNBytes(8));
            stored.reset();
            if (isEncrypted && passphrase.isEmpty()) {
                throw BackrestException.withHint(
                        file, "encrypted, and no passphrase was given", "give the repository's cipher passphrase.");
            }
            return parser.parse(
                    passphrase.isEmpty() ? stored : new SaltedCipher(passphrase.get()).open(stored, Layer.Form.FILE));
        } catch (ClosedByInterruptException e) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading " + file);
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
