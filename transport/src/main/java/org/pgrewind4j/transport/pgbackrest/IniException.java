package org.pgrewind4j.transport.pgbackrest;

import java.io.Serial;
import org.pgrewind4j.timeline.PgRewindException;

/** What stands in an ini file may not stand there. Whoever knows which file it is makes a {@link BackrestException} of it. */
final class IniException extends PgRewindException {
    @Serial
    private static final long serialVersionUID = 1L;

    IniException(String message) {
        super(message);
    }

    IniException atLine(int number) {
        return new IniException("line " + number + ": " + getMessage());
    }
}
