package org.pgrewind4j.wal.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.wal.PostgresVersion;

/** The names of the record types that one release knows, from the table {@code record-types.txt} beside this class. */
final class RecordTypes {

    private static final String TABLE = "record-types.txt";
    private static final List<Manager> MANAGERS = read();
    private static final Map<PostgresVersion, RecordTypes> BY_VERSION = new EnumMap<>(PostgresVersion.class);

    static {
        for (PostgresVersion version : PostgresVersion.values()) {
            BY_VERSION.put(version, new RecordTypes(version));
        }
    }

    private record Manager(String name, int mask, List<Type> types) {}

    private record Type(int bits, PostgresVersion since, PostgresVersion until, String name) {}

    private final @Nullable String[][] names = new String[MANAGERS.size()][256];

    private RecordTypes(PostgresVersion version) {
        for (int id = 0; id < names.length; id++) {
            Manager manager = MANAGERS.get(id);
            for (Type type : manager.types) {
                if (version.isAtLeast(type.since) && type.until.isAtLeast(version)) {
                    for (int info = 0; info < 256; info++) {
                        if ((info & manager.mask) == type.bits) {
                            names[id][info] = type.name;
                        }
                    }
                }
            }
        }
    }

    static RecordTypes of(PostgresVersion version) {
        return Objects.requireNonNull(BY_VERSION.get(version));
    }

    /** The name of a built-in resource manager. */
    static String name(int resourceManager) {
        return MANAGERS.get(resourceManager).name;
    }

    /** The name of a built-in resource manager's record type, or null if this release does not know it. */
    @Nullable String name(int resourceManager, int info) {
        return names[resourceManager][info];
    }

    private static List<Manager> read() {
        List<Manager> managers = new ArrayList<>();
        try (BufferedReader table = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RecordTypes.class.getResourceAsStream(TABLE)), StandardCharsets.US_ASCII))) {
            table.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .forEach(line -> {
                        if (line.startsWith(" ")) {
                            managers.get(managers.size() - 1)
                                    .types
                                    .add(type(line.trim().split(" +")));
                        } else {
                            managers.add(manager(managers.size(), line.split(" ")));
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return managers;
    }

    private static Manager manager(int id, String[] fields) {
        if (Integer.parseInt(fields[0]) != id) {
            throw new IllegalStateException(TABLE + ": expected resource manager " + id + ", found " + fields[0]);
        }
        return new Manager(fields[1], Integer.parseInt(fields[2], 16), new ArrayList<>());
    }

    private static Type type(String[] fields) {
        String releases = fields.length == 3 ? fields[1] : "-";
        int dash = releases.indexOf('-');
        return new Type(
                Integer.parseInt(fields[0], 16),
                release(releases.substring(0, dash), PostgresVersion.V9_6),
                release(releases.substring(dash + 1), latest()),
                fields[fields.length - 1]);
    }

    private static PostgresVersion latest() {
        PostgresVersion[] all = PostgresVersion.values();
        return all[all.length - 1];
    }

    private static PostgresVersion release(String name, PostgresVersion open) {
        return name.isEmpty()
                ? open
                : Arrays.stream(PostgresVersion.values())
                        .filter(version -> version.release().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(TABLE + ": unknown release " + name));
    }
}
