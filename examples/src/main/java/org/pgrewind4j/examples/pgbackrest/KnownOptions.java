package org.pgrewind4j.examples.pgbackrest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Mark;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Place;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Use;

/**
 * The options of pgBackRest 2.45 to 2.60 and of this command, from the resource {@code options.txt}: a line each with what
 * {@link KnownOption} holds (pgBackRest 2.45: {@code src/build/config/config.yaml}).
 */
final class KnownOptions {

    private static final Map<String, KnownOption> BY_NAME = load();

    /** Old names without a number. */
    private static final Map<String, String> OLD = Map.ofEntries(
            Map.entry("archive-queue-max", "archive-push-queue-max"),
            Map.entry("backup-cmd", "repo-host-cmd"),
            Map.entry("backup-config", "repo-host-config"),
            Map.entry("backup-host", "repo-host"),
            Map.entry("backup-ssh-port", "repo-host-port"),
            Map.entry("backup-user", "repo-host-user"),
            Map.entry("hardlink", "repo-hardlink"),
            Map.entry("retention-archive", "repo-retention-archive"),
            Map.entry("retention-archive-type", "repo-retention-archive-type"),
            Map.entry("retention-diff", "repo-retention-diff"),
            Map.entry("retention-full", "repo-retention-full"));

    /** Old names with a number, or without one for the first. */
    private static final Map<String, String> OLD_INDEXED = Map.of(
            "db-cmd", "pg-host-cmd",
            "db-config", "pg-host-config",
            "db-host", "pg-host",
            "db-path", "pg-path",
            "db-port", "pg-port",
            "db-socket-path", "pg-socket-path",
            "db-ssh-port", "pg-host-port",
            "db-user", "pg-host-user");

    private KnownOptions() {}

    private static Map<String, KnownOption> load() {
        Map<String, KnownOption> options = new TreeMap<>();
        try (InputStream stream =
                        Objects.requireNonNull(KnownOptions.class.getResourceAsStream("options.txt"), "options.txt");
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            reader.lines().map(KnownOptions::option).forEach(option -> options.put(option.name(), option));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return options;
    }

    private static KnownOption option(String line) {
        List<String> words = Arrays.asList(line.split(" ", -1));
        Set<Mark> marks = EnumSet.noneOf(Mark.class);
        words.subList(4, words.size()).forEach(mark -> marks.add(Mark.valueOf(mark)));
        return new KnownOption(
                words.get(0),
                KnownOption.Type.valueOf(words.get(1)),
                Place.valueOf(words.get(2)),
                Use.valueOf(words.get(3)),
                marks);
    }

    /** The option of a name, without its number. */
    static Optional<KnownOption> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The only option of pgBackRest's whose name begins so: its next release may have one that begins as ours. */
    static Optional<KnownOption> beginning(String begin) {
        List<KnownOption> found = BY_NAME.values().stream()
                .filter(option -> option.name().startsWith(begin) && !option.is(Mark.OWN))
                .limit(2)
                .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The option that once had a name without a number. */
    static Optional<KnownOption> old(String name) {
        return named(OLD.getOrDefault(name, OLD_INDEXED.getOrDefault(name, "")));
    }

    /** The option that once had a name with a number. */
    static Optional<KnownOption> oldIndexed(String name) {
        return named(OLD_INDEXED.getOrDefault(name, ""));
    }

    /** Whether an option that has a number now once had none. */
    static boolean wasWithoutIndex(KnownOption option) {
        return option.name().matches("repo-(path|type|cipher-.*|s3-.*)");
    }
}
