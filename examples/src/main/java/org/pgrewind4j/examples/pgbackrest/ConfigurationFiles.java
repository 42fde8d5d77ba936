package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Setting;

/**
 * Finds the configuration files, as what is set already says (pgBackRest 2.45: {@code src/config/parse.c},
 * {@code cfgFileLoad}): one file, and all of a directory whose names end in {@code .conf}.
 */
final class ConfigurationFiles {

    private static final Path DIRECTORY = Path.of("/etc/pgbackrest");
    private static final Path OLD_DEFAULT = Path.of("/etc/pgbackrest.conf");

    private final OptionValues values;

    ConfigurationFiles(OptionValues values) {
        this.values = values;
    }

    /** The texts of the files, each of which begins with a section of its own. */
    List<String> texts() throws IOException {
        Optional<Path> directory = named("config-path");
        Optional<Path> file = named("config");
        Optional<Path> included = named("config-include-path");
        boolean isNone =
                values.find("config", 1).filter(setting -> !setting.isSet()).isPresent();
        List<String> texts = new ArrayList<>();
        Path base = directory.orElse(DIRECTORY);
        if (file.isPresent()) {
            texts.add(Files.readString(file.get()));
        } else if (!isNone) {
            Optional<String> found = read(base.resolve("pgbackrest.conf"));
            if (found.isEmpty() && directory.isEmpty()) {
                found = read(OLD_DEFAULT);
            }
            found.ifPresent(texts::add);
        }
        // A file that is named stands for itself.
        if (included.isPresent() || directory.isPresent() || file.isEmpty()) {
            Path place = included.orElse(base.resolve("conf.d"));
            if (included.isPresent() || Files.isDirectory(place)) {
                addAll(place, texts);
            }
        }
        return texts;
    }

    private Optional<Path> named(String option) {
        return values.find(option, 1)
                .filter(Setting::isSet)
                .map(setting -> Path.of(setting.texts().get(0)));
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void addAll(Path directory, List<String> texts) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.getFileName().toString().matches(".+\\.conf"))
                    .sorted()
                    .toList()) {
                read(file).ifPresent(texts::add);
            }
        }
    }
}
