package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.control.ControlFile;

/** As much of a data directory as a look at it takes before WAL is read: a control file, and a place for WAL. */
final class SmallCluster {

    private static final Lsn REDO = new Lsn(0x1000028);

    private final Path directory;

    private SmallCluster(Path directory) {
        this.directory = directory;
    }

    /** Stopped, on timeline 1. */
    static SmallCluster in(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("global"));
        Files.createDirectories(directory.resolve("pg_wal"));
        return new SmallCluster(directory).with(stopped());
    }

    static ControlFileBytes stopped() {
        return ControlFileBytes.stopped().checkPoint(REDO, REDO);
    }

    SmallCluster with(ControlFileBytes controlFile) throws IOException {
        return with(controlFile.build().toBytes());
    }

    SmallCluster with(byte[] controlFile) throws IOException {
        Files.write(file("global/pg_control"), controlFile);
        return this;
    }

    SmallCluster onTimeline(int timeline) throws IOException {
        ControlFile now = stopped().build();
        return with(now.patch()
                .minRecoveryPoint(REDO, new TimelineId(timeline))
                .build()
                .toBytes());
    }

    SmallCluster with(String name, String content) throws IOException {
        Files.writeString(file(name), content);
        return this;
    }

    Path directory() {
        return directory;
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    byte[] controlFile() throws IOException {
        return Files.readAllBytes(file("global/pg_control"));
    }
}
