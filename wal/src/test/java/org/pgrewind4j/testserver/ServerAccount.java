package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Under which account servers and tools run: PostgreSQL refuses to run as root.
 *
 * <p>For an ordinary user nothing changes. For root, a user namespace of its own hides the fact while the files stay
 * root's, so that the JVM and the server read and write the same files. Where such namespaces are forbidden, the server
 * runs as nobody with the one capability that lets it pass root's folders, and owns its data directory.
 */
enum ServerAccount {
    SAME(""),
    NAMESPACE("unshare -U"),
    NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override");

    private static final int NOBODY_ID = 65534;

    private final String prefix;

    ServerAccount(String prefix) {
        this.prefix = prefix;
    }

    static ServerAccount current() {
        return Choice.CURRENT;
    }

    List<String> command(Path program, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix.isEmpty() ? List.of() : List.of(prefix.split(" ", -1)));
        command.add(program.toString());
        command.addAll(arguments);
        return command;
    }

    /** Gives files that the JVM wrote to the account. Links are given away, what they lead to is not. */
    void handOver(Path root) {
        if (this != NOBODY || !Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                        throws IOException {
                    return give(folder);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    return give(file);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileVisitResult give(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", NOBODY_ID, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", NOBODY_ID, LinkOption.NOFOLLOW_LINKS);
        return FileVisitResult.CONTINUE;
    }

    /** Decided once, when it is first asked for. */
    private static final class Choice {
        static final ServerAccount CURRENT = choose();

        private static ServerAccount choose() {
            if (!isRoot()) {
                return SAME;
            }
            for (ServerAccount account : List.of(NAMESPACE, NOBODY)) {
                if (account.hidesRoot()) {
                    return account;
                }
            }
            throw new TestServerException("PostgreSQL does not run as root, and neither \"unshare -U\" nor \"setpriv\""
                    + " works here\nHINT: run as an ordinary user");
        }

        private static boolean isRoot() {
            try {
                return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private boolean hidesRoot() {
        try {
            CommandResult id = Command.run(command(Path.of("id"), List.of("-u")), "id");
            return id.exitCode() == 0 && !id.stdout().strip().equals("0");
        } catch (TestServerException e) {
            // The program of the prefix is not installed: the next one may be.
            return false;
        }
    }
}
