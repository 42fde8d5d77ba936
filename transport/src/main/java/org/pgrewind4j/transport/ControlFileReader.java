package org.pgrewind4j.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.control.ControlFileException;

/**
 * Reads the control file of a source that may be running. The server writes its few hundred bytes in one call, and a
 * reader can still see half of them (PostgreSQL reads again, too: {@code src/common/controldata_utils.c},
 * {@code get_controlfile}).
 */
final class ControlFileReader {

    private static final int ATTEMPTS = 10;
    private static final long PAUSE_MILLIS = 10;

    private ControlFileReader() {}

    static ControlFile read(Transport transport) throws IOException {
        for (int attempt = 1; ; attempt++) {
            byte[] bytes = transport.read(DataPath.CONTROL_FILE, ControlFile.SIZE);
            try {
                return ControlFile.parse(bytes);
            } catch (ControlFileException e) {
                if (e.reason() != ControlFileException.Reason.WRONG_CRC || attempt == ATTEMPTS) {
                    throw e.of(transport.description());
                }
                pause(transport);
            } catch (UnsupportedVersionException e) {
                throw e.of(transport.description());
            }
        }
    }

    private static void pause(Transport transport) throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading " + transport.description());
        }
    }
}
