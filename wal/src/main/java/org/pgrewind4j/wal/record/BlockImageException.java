package org.pgrewind4j.wal.record;

import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * The page of a {@link BlockImage} cannot be restored: its bytes are not what its header says, though the record's CRC is
 * right, or a library that decompresses it is not there.
 */
public final class BlockImageException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    private BlockImageException(String message) {
        super(message);
    }

    static BlockImageException malformed(String detail) {
        return new BlockImageException("malformed block image: " + detail);
    }

    static BlockImageException missing(String method, String library, LinkageError cause) {
        BlockImageException missing = new BlockImageException(withHint(
                "block image compressed with " + method + " cannot be restored: " + cause.getMessage(),
                "add " + library + " to the program, on the class path or with --add-modules."));
        missing.initCause(cause);
        return missing;
    }
}
