package org.pgrewind4j.testserver;

/**
 * What a program left behind.
 *
 * @param command the program's name, for messages
 * @param exitCode its exit status, 0 for success
 * @param stdout its standard output
 * @param stderr its standard error output
 */
public record CommandResult(String command, int exitCode, String stdout, String stderr) {

    /**
     * Insists on success.
     *
     * @return this result
     * @throws TestServerException if the exit status is not 0; its message has both outputs
     */
    public CommandResult ensureSuccess() {
        if (exitCode != 0) {
            throw new TestServerException(command + " failed with exit status " + exitCode + "\n" + stdout + stderr);
        }
        return this;
    }
}
