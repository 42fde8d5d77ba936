package org.pgrewind4j.testserver;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a program that, like PostgreSQL's own, does not run as root, under the account of the servers. */
public final class ServerTool {

    private ServerTool() {}

    /**
     * Runs a program to its end.
     *
     * @param program its file
     * @param environment variables beside those that every program here gets
     * @param arguments as in a shell, without a shell's quoting
     * @return its outputs and exit status, whatever it is
     */
    public static CommandResult run(Path program, Map<String, String> environment, List<String> arguments) {
        return Command.run(
                ServerAccount.current().command(program, arguments),
                environment,
                program.getFileName().toString());
    }

    /**
     * Gives files that the tests wrote to the account, so that such a program can change them.
     *
     * @param root a file or a directory with all that is in it
     */
    public static void handOver(Path root) {
        ServerAccount.current().handOver(root);
    }
}
