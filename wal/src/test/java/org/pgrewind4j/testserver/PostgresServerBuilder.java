package org.pgrewind4j.testserver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a server before it is made.
 *
 * <p>Unless set otherwise, the settings are those that tests want: no fsync, no autovacuum (so that WAL is what the
 * test wrote), ready for streaming replication with as much old WAL kept as a test ever needs, room for prepared
 * transactions.
 */
public final class PostgresServerBuilder {

    private final ServerRelease release;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> initdbOptions = new ArrayList<>();
    private @Nullable Path dataDirectory;

    PostgresServerBuilder(ServerRelease release) {
        this.release = release;
        settings.put("fsync", "off");
        settings.put("autovacuum", "off");
        settings.put("wal_level", release.isAtLeast(10) ? "logical" : "replica");
        settings.put("hot_standby", "on");
        settings.put("max_connections", "20");
        settings.put("max_wal_senders", "5");
        settings.put("max_prepared_transactions", "10");
        settings.put("shared_buffers", "32MB");
        // Files within the data directory: unlike POSIX shared memory, nothing is left behind by a killed server.
        settings.put("dynamic_shared_memory_type", "mmap");
        settings.put(
                release.isAtLeast(13) ? "wal_keep_size" : "wal_keep_segments", release.isAtLeast(13) ? "1GB" : "64");
    }

    /**
     * Chooses the data directory, which the server then leaves in place when it is closed.
     *
     * @param directory a directory that exists, or that {@link PostgresServer#initialize()} is to make
     * @return this builder
     */
    public PostgresServerBuilder dataDirectory(Path directory) {
        dataDirectory = directory.toAbsolutePath();
        return this;
    }

    /**
     * Turns data checksums on.
     *
     * @return this builder
     */
    public PostgresServerBuilder withChecksums() {
        return initdbOption("--data-checksums");
    }

    /**
     * Turns data checksums off: the default up to 17.
     *
     * @return this builder
     */
    public PostgresServerBuilder withoutChecksums() {
        return release.isAtLeast(18) ? initdbOption("--no-data-checksums") : this;
    }

    /**
     * Chooses the size of a WAL segment.
     *
     * @param megabytes a power of two from 1 to 1024
     * @return this builder
     * @throws IllegalArgumentException before 11, whose servers are built for 16 MB
     */
    public PostgresServerBuilder walSegmentMegabytes(int megabytes) {
        if (!release.isAtLeast(11)) {
            throw new IllegalArgumentException("PostgreSQL " + release + " has WAL segments of 16 MB only");
        }
        return initdbOption("--wal-segsize=" + megabytes);
    }

    /**
     * Adds an option of {@code initdb}.
     *
     * @param option such as {@code --allow-group-access}
     * @return this builder
     */
    public PostgresServerBuilder initdbOption(String option) {
        initdbOptions.add(option);
        return this;
    }

    /**
     * Writes a setting to {@code postgresql.conf}.
     *
     * @param name such as {@code wal_log_hints}
     * @param value the value, without quotes
     * @return this builder
     */
    public PostgresServerBuilder setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /**
     * Writes a setting that not every release has.
     *
     * @param since the number of the first release that has it; earlier ones get no such setting
     * @param name such as {@code wal_compression}
     * @param value the value, without quotes
     * @return this builder
     */
    public PostgresServerBuilder settingSince(int since, String name, String value) {
        return release.isAtLeast(since) ? setting(name, value) : this;
    }

    /**
     * Makes the server, which is neither initialized nor started yet.
     *
     * @return the server
     */
    public PostgresServer build() {
        return new PostgresServer(release, dataDirectory, initdbOptions, settings);
    }
}
