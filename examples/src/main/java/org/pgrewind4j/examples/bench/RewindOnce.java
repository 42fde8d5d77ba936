package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.transport.LocalDirectoryTransport;
import org.pgrewind4j.transport.Transport;

/** Rewinds once: for a new JVM. */
final class RewindOnce {

    private RewindOnce() {}

    /** Rewinds the data directory that is the first argument from the one that is the second. */
    public static void main(String[] args) throws IOException {
        rewind(Path.of(args[0]), Path.of(args[1]));
    }

    static void rewind(Path target, Path source) throws IOException {
        try (Transport transport = LocalDirectoryTransport.open(source)) {
            Rewind.of(target).from(transport).plan().execute();
        }
    }
}
