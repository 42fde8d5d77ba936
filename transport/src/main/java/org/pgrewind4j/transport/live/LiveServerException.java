package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.io.Serial;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.connect.DriverAnswer;

/** A live server could not be reached, refused something, went away, or sent what makes no sense. */
public final class LiveServerException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final Map<String, String> CURES = Map.of(
            "28P01", "check the role's name and password.",
            "28000", "check the role's name, and pg_hba.conf on the source.",
            "3D000", "name a database that exists, such as postgres.",
            "42501", "grant the role what a live source needs, or look at the file's permissions on the source.",
            "53300", "use fewer connections, or raise max_connections on the source.",
            "57014", "the statement was cancelled or took too long: raise the timeout, or look at the source's load.");

    /** PostgreSQL's or the driver's code, null if the error did not come from there. */
    private final @Nullable String sqlState;

    /**
     * Creates the error.
     *
     * @param message what was tried, and what the server answered
     * @param sqlState PostgreSQL's or the driver's code; null if the error did not come from there
     * @param cause the error underneath; null if there is none
     */
    public LiveServerException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
        super(VisibleText.ofLines(message), cause);
        this.sqlState = sqlState;
    }

    /** Says what was tried, and what the server or the driver answered. */
    static LiveServerException of(String tried, SQLException cause) {
        String state = cause.getSQLState();
        String message = tried + ": " + DriverAnswer.of(cause);
        String cure = state == null ? null : CURES.get(state);
        return new LiveServerException(
                cure == null ? message : PgRewindException.withHint(message, cure), state, harmless(cause));
    }

    static LiveServerException of(String message) {
        return new LiveServerException(message, null, null);
    }

    static LiveServerException of(String message, @Nullable Throwable cause) {
        return new LiveServerException(message, null, cause);
    }

    /** Stack traces in logs repeat a cause's message: one that is dangerous to print is replaced by one that is not. */
    private static SQLException harmless(SQLException cause) {
        String message = String.valueOf(cause.getMessage());
        String visible = VisibleText.ofLines(message);
        if (visible.equals(message)) {
            return cause;
        }
        SQLException replaced = new SQLException(visible, cause.getSQLState(), cause.getErrorCode());
        replaced.setStackTrace(cause.getStackTrace());
        return replaced;
    }

    /**
     * The code of the error.
     *
     * @return five characters as PostgreSQL's manual lists them, or the driver's; empty if neither of them raised it
     */
    public Optional<String> sqlState() {
        return Optional.ofNullable(sqlState);
    }
}
