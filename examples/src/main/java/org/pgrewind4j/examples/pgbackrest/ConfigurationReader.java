package org.pgrewind4j.examples.pgbackrest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Place;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Use;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Setting;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Source;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Form;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Match;

/**
 * Reads options from the texts of configuration files: of the sections {@code [stanza:restore]}, {@code [stanza]},
 * {@code [global:restore]} and {@code [global]} the first counts that has an option (pgBackRest 2.45:
 * {@code src/config/parse.c}, {@code configParse}, phase 3; {@code src/common/ini.c}).
 */
final class ConfigurationReader {

    private static final String GLOBAL = "global";

    private final OptionValues values;
    private final Log log;

    ConfigurationReader(OptionValues values, Log log) {
        this.values = values;
        this.log = log;
    }

    void read(List<String> texts) throws OptionException {
        Map<String, Map<String, List<String>>> sections = new HashMap<>();
        for (String text : texts) {
            addSections(text, sections);
        }
        List<String> wanted = new ArrayList<>();
        values.find("stanza", 1).map(stanza -> stanza.texts().get(0)).ifPresent(stanza -> {
            wanted.add(stanza + ":restore");
            wanted.add(stanza);
        });
        wanted.add(GLOBAL + ":restore");
        wanted.add(GLOBAL);
        for (String section : wanted) {
            read(section, sections.getOrDefault(section, Map.of()));
        }
    }

    /**
     * Adds a file's keys and their values by section; a key that is repeated has several. No section continues from the
     * file before: which one that is nobody sees who writes this one.
     */
    private static void addSections(String text, Map<String, Map<String, List<String>>> sections)
            throws OptionException {
        Map<String, List<String>> section = null;
        for (String line : text.lines().map(String::trim).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (line.startsWith("[")) {
                if (!line.endsWith("]")) {
                    throw new OptionException(
                            ExitStatus.FORMAT, "ini section should end with ] in configuration line: " + line);
                }
                section = sections.computeIfAbsent(line.substring(1, line.length() - 1), name -> new LinkedHashMap<>());
            } else if (equals < 1 || section == null) {
                throw new OptionException(
                        ExitStatus.FORMAT,
                        (section == null ? "key/value found outside of section: " : "missing '=' in key/value: ")
                                + line);
            } else {
                section.computeIfAbsent(line.substring(0, equals).trim(), key -> new ArrayList<>())
                        .add(line.substring(equals + 1).trim());
            }
        }
    }

    private void read(String section, Map<String, List<String>> keys) throws OptionException {
        Map<String, String> found = new HashMap<>();
        for (Map.Entry<String, List<String>> key : keys.entrySet()) {
            Optional<WrittenName> name = WrittenName.read(key.getKey(), Match.WHOLE);
            Optional<String> complaint = complaint(section, key.getKey(), name);
            if (complaint.isPresent() || name.isEmpty()) {
                log.warn("configuration file contains " + complaint.orElse(""));
                continue;
            }
            String other = found.put(name.get().present(), key.getKey());
            if (other != null) {
                throw OptionException.invalid("configuration file contains duplicate options ('" + key.getKey() + "', '"
                        + other + "') in section '[" + section + "]'");
            }
            if (name.get().option().useOfShared() != Use.OTHER) {
                put(section, key.getKey(), name.get(), key.getValue());
            }
        }
    }

    /** Why an option of a file is passed over, though that may not be what its owner meant. */
    private static Optional<String> complaint(String section, String key, Optional<WrittenName> name) {
        if (name.isEmpty()) {
            return Optional.of("invalid option '" + key + "'");
        }
        if (name.get().form() != Form.PLAIN) {
            return Optional.of((name.get().form() == Form.NEGATED ? "negate" : "reset") + " option '" + key + "'");
        }
        KnownOption option = name.get().option();
        if (option.place() == Place.COMMAND_LINE) {
            return Optional.of("command-line only option '" + key + "'");
        }
        if (option.useOfShared() == Use.OTHER && section.endsWith(":restore")) {
            return Optional.of("option '" + key + "' invalid for section '" + section + "'");
        }
        boolean isGlobal = section.equals(GLOBAL) || section.startsWith(GLOBAL + ":");
        return option.place() == Place.STANZA && option.useOfShared() != Use.OTHER && isGlobal
                ? Optional.of("stanza-only option '" + key + "' in global section '" + section + "'")
                : Optional.empty();
    }

    private void put(String section, String key, WrittenName name, List<String> texts) throws OptionException {
        if (values.find(name.option().name(), name.index()).isPresent()) {
            return;
        }
        if (texts.size() > 1 && !name.option().isRepeatable()) {
            throw OptionException.invalid("option '" + name.present() + "' cannot be set multiple times");
        }
        if (texts.contains("")) {
            throw OptionException.value("section '" + section + "', key '" + key + "' must have a value");
        }
        values.put(setting(name, Source.FILE, texts));
    }

    /** What a variable or a file sets: switches are on or off in words. */
    static Setting setting(WrittenName name, Source source, List<String> texts) throws OptionException {
        if (name.option().type() != KnownOption.Type.SWITCH) {
            return new Setting(name, source, texts);
        }
        String text = texts.get(0);
        if (!text.equals("y") && !text.equals("n")) {
            throw OptionException.value("boolean option '" + name.present() + "' must be 'y' or 'n'");
        }
        Form form = text.equals("y") ? Form.PLAIN : Form.NEGATED;
        return new Setting(new WrittenName(name.option(), name.index(), form), source, List.of());
    }
}
