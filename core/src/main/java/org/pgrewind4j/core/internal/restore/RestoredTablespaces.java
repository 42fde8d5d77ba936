package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.BackupFacts.Tablespace;
import org.pgrewind4j.wal.PostgresVersion;

/** What forbids tablespaces to be where they are to lie. */
final class RestoredTablespaces {

    private final RestoreSettings settings;
    private final PostgresVersion version;

    RestoredTablespaces(RestoreSettings settings, PostgresVersion version) {
        this.settings = settings;
        this.version = version;
    }

    List<Problem> problems(TargetTree present) throws IOException {
        List<Problem> problems = new ArrayList<>();
        List<Tablespace> tablespaces = settings.backup().facts().tablespaces();
        Map<String, Tablespace> taken = new HashMap<>();
        for (Tablespace tablespace : tablespaces) {
            String location = settings.tablespaces().location(tablespace);
            if (settings.tablespaces().isMappedTwice(tablespace)) {
                problems.add(mappedTwice(tablespace));
            }
            Tablespace other = taken.putIfAbsent(location, tablespace);
            if (other != null) {
                problems.add(inUse(tablespace, location, "tablespace \"" + other.name() + "\" is to lie there, too"));
            }
            DataPath link = DataPath.TABLESPACES.resolve(Long.toUnsignedString(tablespace.oid()));
            if (!present.links().contains(link)) {
                problems.addAll(ofNew(tablespace, location));
            }
        }
        for (String named : settings.tablespaces().mapped().keySet()) {
            if (tablespaces.stream()
                    .noneMatch(tablespace -> settings.tablespaces().isMapped(tablespace, named))) {
                problems.add(new Problem(
                        Kind.UNKNOWN_TABLESPACE,
                        "the backup has no tablespace \"" + named + "\" to be mapped",
                        "name one of the backup's tablespaces."));
            }
        }
        return problems;
    }

    private Problem mappedTwice(Tablespace tablespace) {
        String oid = Long.toUnsignedString(tablespace.oid());
        Map<String, Path> mapped = settings.tablespaces().mapped();
        return new Problem(
                Kind.TABLESPACE_MAPPED_TWICE,
                "tablespace \"%s\" is mapped to different directories: by its name to \"%s\", by its OID %s to \"%s\""
                        .formatted(tablespace.name(), mapped.get(tablespace.name()), oid, mapped.get(oid)),
                "map it once.");
    }

    private List<Problem> ofNew(Tablespace tablespace, String location) throws IOException {
        List<Problem> problems = new ArrayList<>();
        if (!settings.tablespaces().permits(tablespace)) {
            problems.add(new Problem(
                    Kind.NEW_TABLESPACE_LOCATION,
                    "tablespace \"%s\" does not lie at \"%s\" on the target".formatted(tablespace.name(), location),
                    "map it, or permit that location."));
        }
        Path place = Path.of(location);
        if (place.startsWith(settings.target()) || settings.target().startsWith(place)) {
            problems.add(inUse(tablespace, location, "it is part of the data directory, or that of it"));
        } else if (isFull(place.resolve(version.tablespaceDirectory()))) {
            problems.add(inUse(tablespace, location, "\"" + version.tablespaceDirectory() + "\" in it is not empty"));
        }
        return problems;
    }

    private static boolean isFull(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> contents = Files.list(directory)) {
            return contents.findAny().isPresent();
        }
    }

    private static Problem inUse(Tablespace tablespace, String location, String reason) {
        return new Problem(
                Kind.TABLESPACE_LOCATION_IN_USE,
                "tablespace \"%s\" cannot lie at \"%s\": %s".formatted(tablespace.name(), location, reason),
                "map it to another directory, or empty that one.");
    }
}
