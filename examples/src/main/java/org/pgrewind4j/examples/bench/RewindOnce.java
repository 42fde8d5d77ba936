package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerBuilder;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Rewinds once: for a new JVM. */
final class RewindOnce {

    private static final String DIRECTORY = "--source-pgdata=";
    private static final String SERVER = "--source-server=";

    private RewindOnce() {}

    /** Rewinds the data directory that is the first argument from the source that is the second. */
    public static void main(String[] args) throws IOException {
        rewind(Path.of(args[0]), args[1], CopyMode.STAGED);
    }

    /**
     * Rewinds.
     *
     * @param source as an option of {@code pg_rewind}
     */
    static void rewind(Path target, String source, CopyMode mode) throws IOException {
        try (Transport transport = open(source)) {
            Rewind.of(target).from(transport).copyMode(mode).plan().execute();
        }
    }

    private static Transport open(String source) throws IOException {
        return source.startsWith(SERVER)
                ? server(source).open()
                : LocalDirectoryTransport.open(Path.of(source.substring(DIRECTORY.length())));
    }

    /** A running server, by that option. */
    static LiveServerBuilder server(String source) {
        return LiveServerTransport.ofConnectionString(source.substring(SERVER.length()));
    }
}
