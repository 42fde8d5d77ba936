package org.pgrewind4j.core.internal.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a stopped server is configured to (PostgreSQL 18: manual, "Setting Parameters"): {@code postgresql.conf} with the
 * files that it includes, then {@code postgresql.auto.conf}; {@code recovery.conf} as long as there was one. Of several
 * settings of one name the last one counts.
 */
public final class ServerConfiguration {

    /** PostgreSQL: {@code src/include/utils/conffiles.h}, {@code CONF_FILE_MAX_DEPTH}. */
    private static final int DEEPEST = 10;

    private static final int LAST_WITH_RECOVERY_CONF = 11;

    private final Path dataDirectory;
    private final Path configFile;
    private final Map<String, String> settings = new HashMap<>();

    private ServerConfiguration(Path dataDirectory, Path configFile) {
        this.dataDirectory = dataDirectory;
        this.configFile = configFile;
    }

    public static ServerConfiguration of(Path dataDirectory, Path configFile) {
        return new ServerConfiguration(dataDirectory.toAbsolutePath(), configFile.toAbsolutePath());
    }

    /**
     * Looks up a setting of recovery.
     *
     * @param name in lower case
     * @param path where to look for the server's program
     * @return its value; empty if it is not set, though the server may have a default
     */
    public Optional<String> value(String name, String path) throws IOException {
        String release = release();
        if (release.contains(".") || Integer.parseInt(release) <= LAST_WITH_RECOVERY_CONF) {
            readIfThere(dataDirectory.resolve("recovery.conf"));
            return Optional.ofNullable(settings.get(name));
        }
        Optional<String> asked = PostgresProgram.ask(path, name, release, dataDirectory, configFile);
        if (asked.isPresent()) {
            return asked;
        }
        readIfThere(configFile);
        readIfThere(dataDirectory.resolve("postgresql.auto.conf"));
        return Optional.ofNullable(settings.get(name));
    }

    private String release() throws IOException {
        return Files.readString(dataDirectory.resolve("PG_VERSION")).strip();
    }

    /** The server's release: 17, and 9 for 9.6. */
    public int major() throws IOException {
        String release = release();
        int dot = release.indexOf('.');
        return Integer.parseInt(dot < 0 ? release : release.substring(0, dot));
    }

    private void readIfThere(Path file) throws IOException {
        if (Files.exists(file)) {
            read(file, 0);
        }
    }

    private void read(Path file, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("configuration file \"" + file + "\": included more than " + DEEPEST + " deep");
        }
        for (String line : ConfigurationText.lines(Files.readAllBytes(file))) {
            ConfigurationText.Setting setting =
                    ConfigurationText.parse(line).orElse(new ConfigurationText.Setting("", ""));
            switch (setting.name()) {
                case "" -> {}
                case "include" -> read(named(file, setting), depth + 1);
                case "include_if_exists" -> {
                    if (Files.exists(named(file, setting))) {
                        read(named(file, setting), depth + 1);
                    }
                }
                case "include_dir" -> {
                    for (Path included : configurationsIn(named(file, setting))) {
                        read(included, depth + 1);
                    }
                }
                default -> settings.put(setting.name(), setting.value());
            }
        }
    }

    /** The file or directory that a directive names, beside the file in which it stands. */
    private static Path named(Path file, ConfigurationText.Setting directive) throws IOException {
        try {
            return file.resolveSibling(directive.value());
        } catch (InvalidPathException e) {
            throw new IOException(
                    "configuration file \"" + file + "\": " + directive.name() + ": " + e.getMessage(), e);
        }
    }

    private static List<Path> configurationsIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> isConfiguration(file.getFileName().toString()))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isConfiguration(String name) {
        return name.endsWith(".conf") && !name.startsWith(".");
    }
}
