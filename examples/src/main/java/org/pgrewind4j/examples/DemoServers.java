package org.pgrewind4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;

/**
 * The two servers of a demonstration and the folder that holds their data. Closing ends the servers and removes the
 * folder, also when the program is told to end by a signal.
 */
final class DemoServers implements AutoCloseable {

    /** What happens to the data directories at the end. */
    enum Ending {
        REMOVE_FOLDER,
        KEEP_FOLDER
    }

    private static final long LONGEST_CLEAN_UP_SECONDS = 60;

    private final Path folder;
    private final Ending ending;
    private final ServerRelease release;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread onSignal;
    private volatile boolean endedBySignal;
    private @Nullable PostgresServer old;
    private @Nullable PostgresServer promoted;

    private DemoServers(ServerRelease release, Ending ending) {
        this.release = release;
        this.ending = ending;
        this.folder = temporaryFolder();
        Thread story = Thread.currentThread();
        this.onSignal = new Thread(() -> endStory(story), "clean-up");
        Runtime.getRuntime().addShutdownHook(onSignal);
    }

    /** Servers that are not made yet. */
    static DemoServers of(ServerRelease release, Ending ending) {
        return new DemoServers(release, ending);
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("pgrewind4j-demo-").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a primary, and a copy of it that follows it by streaming replication. */
    void start() {
        start(builder -> builder, server -> {});
    }

    /** Starts both with settings of one's own, and lets the copy be prepared before it starts. */
    void start(UnaryOperator<PostgresServerBuilder> settings, Consumer<PostgresServer> onStandby) {
        PostgresServer primary = settings.apply(
                        PostgresServer.builder(release).withChecksums().dataDirectory(folder.resolve("old-primary")))
                .build();
        old = primary;
        primary.initialize();
        primary.start();
        primary.stop(StopMode.FAST);
        PostgresServer standby = primary.copyTo(folder.resolve("new-primary"));
        promoted = standby;
        standby.standbyOf(primary);
        primary.start();
        onStandby.accept(standby);
        standby.start();
        standby.catchUpWith(primary);
    }

    /** The server that begins as the primary. */
    PostgresServer old() {
        return started(old);
    }

    /** The server that begins as the standby and is promoted. */
    PostgresServer promoted() {
        return started(promoted);
    }

    private static PostgresServer started(@Nullable PostgresServer server) {
        if (server == null) {
            throw new IllegalStateException("the servers are not started");
        }
        return server;
    }

    Path folder() {
        return folder;
    }

    /** Runs when a signal ends the JVM: the story's thread stops where it is and closes, and the JVM waits for it. */
    private void endStory(Thread story) {
        endedBySignal = true;
        story.interrupt();
        try {
            if (!closed.await(LONGEST_CLEAN_UP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("could not clean up " + folder);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the JVM is ending: then whatever fails does so because of it. */
    boolean isEndedBySignal() {
        return endedBySignal;
    }

    @Override
    public void close() {
        // Ending the servers waits for them, which an interrupted thread cannot.
        boolean interrupted = Thread.interrupted();
        try {
            closeServers();
        } finally {
            closed.countDown();
            forgetSignal();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeServers() {
        try (PostgresServer first = old;
                PostgresServer second = promoted) {
            if (ending == Ending.KEEP_FOLDER) {
                stopToKeep(first, "old-primary.log");
                stopToKeep(second, "new-primary.log");
            }
        }
        if (ending == Ending.REMOVE_FOLDER) {
            removeFolder();
        }
    }

    private void stopToKeep(@Nullable PostgresServer server, String log) {
        if (server == null) {
            return;
        }
        if (server.isRunning()) {
            server.stop(StopMode.FAST);
        }
        try {
            Files.writeString(folder.resolve(log), server.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeFolder() {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forgetSignal() {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException e) {
            // The JVM ends already, and the hook is what made us close.
        }
    }
}
