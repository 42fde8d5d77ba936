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
}
