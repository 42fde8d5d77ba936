package org.pgrewind4j.examples;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.TestServerException;
import org.pgrewind4j.timeline.PgRewindException;
import picocli.CommandLine;

/** Runs what is shown on two servers, and ends the servers whatever happens. */
final class Demonstration {

    /** Held, so that its level stays. */
    private static final Logger LIBRARY = Logger.getLogger("org.pgrewind4j");

    private final Story story;

    Demonstration(Story story) {
        this.story = story;
    }

    /** What is shown. */
    @FunctionalInterface
    interface Telling {
        void tell(DemoServers servers) throws IOException;
    }

    /** Reads the command line of a demonstration and runs it; returns its exit status. */
    static int execute(Object demonstration, String... arguments) {
        CommandLine command = new CommandLine(demonstration);
        command.registerConverter(ServerRelease.class, Demonstration::release);
        command.setExecutionExceptionHandler(Demonstration::failed);
        return command.execute(arguments);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult options) throws Exception {
        if (e instanceof TestServerException || e instanceof PgRewindException) {
            command.getErr().println("FAILED: " + e.getMessage());
        } else {
            throw e;
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    private static ServerRelease release(String name) {
        try {
            return ServerRelease.of(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    /** Returns 0 if all that was shown holds. */
    int run(ServerRelease release, DemoServers.Ending ending, Telling telling) throws IOException {
        LIBRARY.setLevel(Level.WARNING);
        DemoServers servers = DemoServers.of(release, ending);
        try (servers) {
            try {
                telling.tell(servers);
            } catch (IOException | RuntimeException | Error e) {
                if (!servers.isEndedBySignal()) {
                    throw e;
                }
                // Said while the servers are open: once they are closed, the JVM ends at any moment.
                story.title("Interrupted.");
                return 1;
            }
        }
        story.title(
                ending == DemoServers.Ending.KEEP_FOLDER
                        ? "Both servers are stopped; kept: " + servers.folder()
                        : "Both servers are stopped, and their folders removed.");
        return story.allHolds() ? 0 : 1;
    }
}
