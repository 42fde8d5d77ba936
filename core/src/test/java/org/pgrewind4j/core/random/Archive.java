package org.pgrewind4j.core.random;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.wal.WalSegmentName;

/** One place to which all servers of a scenario archive their WAL. */
record Archive(Path folder) {

    static Archive beside(PostgresServer server) {
        try {
            return new Archive(Files.createDirectories(server.dataDirectory().resolveSibling("archive")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String command() {
        return "test ! -f " + folder + "/%f && cp %p " + folder + "/%f.part && mv " + folder + "/%f.part " + folder
                + "/%f";
    }

    String restoreCommand() {
        return "cp " + folder + "/%f %p";
    }

    boolean has(WalSegmentName segment) {
        return Files.exists(folder.resolve(segment.toString()));
    }
}
