package org.pgrewind4j.transport.pgbackrest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * Owners and permissions of a manifest. There are few different ones, so that each has a number. What an entry does not say
 * is what the section's defaults say, which come behind the entries in the file.
 */
final class ManifestAttributes {

    private static final int ALL_BITS = 07777;

    /** What an entry says; each part is empty if it leaves it to the defaults. An owner without a name has an empty one. */
    private record Said(Optional<Integer> mode, Optional<String> user, Optional<String> group) {
        Said or(Said defaults) {
            return new Said(mode.or(defaults::mode), user.or(defaults::user), group.or(defaults::group));
        }
    }

    private final Map<Said, Integer> numbers = new HashMap<>();
    private final List<Said> all = new ArrayList<>();
    private final List<BackupEntry.Attributes> resolved = new ArrayList<>();
    private Said defaults = new Said(Optional.empty(), Optional.empty(), Optional.empty());

    /** The number of what an entry says. */
    int of(JsonValue entry) {
        Said said = new Said(
                entry.find("mode").map(ManifestAttributes::mode),
                entry.find("user").map(ManifestAttributes::name),
                entry.find("group").map(ManifestAttributes::name));
        return numbers.computeIfAbsent(said, added -> {
            all.add(added);
            return all.size() - 1;
        });
    }

    /** Takes a value of the section of defaults. */
    void setDefault(String key, JsonValue value) {
        switch (key) {
            case "mode" -> defaults = new Said(Optional.of(mode(value)), defaults.user(), defaults.group());
            case "user" -> defaults = new Said(defaults.mode(), Optional.of(name(value)), defaults.group());
            case "group" -> defaults = new Said(defaults.mode(), defaults.user(), Optional.of(name(value)));
            default -> {
                // Of a later release, which says nothing that is needed here.
            }
        }
    }

    private static int mode(JsonValue value) {
        String octal = value.string();
        if (octal.isEmpty() || octal.length() > 5 || !octal.chars().allMatch(c -> c >= '0' && c <= '7')) {
            throw new IniException("expected a mode in octal digits, found \"" + IniReader.shown(octal) + "\"");
        }
        int mode = Integer.parseInt(octal, 8);
        if ((mode & ~ALL_BITS) != 0) {
            throw new IniException("expected a mode up to 07777, found \"" + octal + "\"");
        }
        return mode;
    }

    private static String name(JsonValue value) {
        return value.isFalse() ? "" : value.string();
    }

    /**
     * Makes the defaults final.
     *
     * @param section named in the error
     * @param mode for entries that have none of their own, if the section has no default: links have none
     * @throws IniException if an entry is left without a mode
     */
    void complete(String section, Optional<Integer> mode) {
        for (Said said : all) {
            Said full = said.or(defaults);
            int bits = full.mode()
                    .or(() -> mode)
                    .orElseThrow(() -> new IniException("expected a default of mode in [" + section + "], found none"));
            resolved.add(new BackupEntry.Attributes(
                    bits,
                    full.user().filter(name -> !name.isEmpty()),
                    full.group().filter(name -> !name.isEmpty())));
        }
    }

    BackupEntry.Attributes get(int number) {
        return resolved.get(number);
    }
}
