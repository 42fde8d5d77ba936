package org.pgrewind4j.transport;

import java.io.IOException;

/** Takes a source's files one by one. */
@FunctionalInterface
public interface SourceFileVisitor {

    /**
     * Takes one file.
     *
     * @param file the file, a directory always before what is in it
     * @throws IOException to end the listing; {@link Transport#list} passes it on as it is
     */
    void visit(SourceFile file) throws IOException;

    /**
     * Learns of an entry that has a name which no path can hold. This implementation ends the listing.
     *
     * @param directory what the entry is in
     * @param fault names the entry
     * @throws UnsafePathException unless the entry is of no interest
     */
    default void unsafe(DataPath directory, UnsafePathException fault) {
        throw fault;
    }
}
