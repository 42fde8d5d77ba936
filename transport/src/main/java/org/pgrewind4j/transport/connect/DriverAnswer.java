package org.pgrewind4j.transport.connect;

import java.sql.SQLException;
import org.pgrewind4j.timeline.VisibleText;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Texts of the driver's errors, safe to print. */
public final class DriverAnswer {

    private DriverAnswer() {}

    /** What the server said, or else the driver with its reason. */
    public static String of(SQLException cause) {
        ServerErrorMessage fromServer = cause instanceof PSQLException e ? e.getServerErrorMessage() : null;
        String text = fromServer == null ? cause.getMessage() : fromServer.getMessage();
        StringBuilder answer = new StringBuilder(text == null ? "no reason given" : text);
        if (fromServer != null && fromServer.getDetail() != null) {
            answer.append(" (").append(fromServer.getDetail()).append(')');
        }
        if (fromServer == null && cause.getCause() != null && cause.getCause().getMessage() != null) {
            answer.append(" (").append(cause.getCause().getMessage()).append(')');
        }
        return VisibleText.of(answer.toString());
    }
}
