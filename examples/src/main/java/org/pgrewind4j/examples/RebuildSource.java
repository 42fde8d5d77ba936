package org.pgrewind4j.examples;

import java.io.IOException;
import java.nio.file.Path;

/** A backup of the new primary, as a demonstration takes one and rebuilds the old primary from it. */
interface RebuildSource {

    /**
     * What a restore cost.
     *
     * @param written bytes
     * @param kept what was found to be the same
     * @param millis how long it took
     */
    record Cost(long written, String kept, long millis) {}

    /** Takes the backup; says in words of whom. */
    String take() throws IOException;

    /** What a user would type, or write, for the restore. */
    String command();

    /** Restores over a directory, which may be empty, with settings for a standby. */
    Cost restore(Path target) throws IOException;
}
