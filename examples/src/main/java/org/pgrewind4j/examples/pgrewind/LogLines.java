package org.pgrewind4j.examples.pgrewind;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Shows what the libraries log as messages of the command: warnings, and everything of ours with {@code --debug}. */
final class LogLines extends Handler {

    /** Held, for the log manager holds loggers weakly, and forgets their levels with them. */
    private static final Logger OWN = Logger.getLogger("org.pgrewind4j");

    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private final Messages messages;
    private final SimpleFormatter formatter = new SimpleFormatter();

    private LogLines(Messages messages) {
        this.messages = messages;
    }

    static void show(Messages messages, Options options) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new LogLines(messages));
        OWN.setLevel(options.isDebug() ? Level.FINE : Level.WARNING);
        // What matters of it comes as an exception.
        DRIVER.setLevel(Level.SEVERE);
    }

    @Override
    public void publish(LogRecord line) {
        String text = formatter.formatMessage(line);
        if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
            messages.warning(text);
        } else {
            messages.debug(text);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
