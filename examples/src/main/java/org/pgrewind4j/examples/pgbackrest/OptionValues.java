package org.pgrewind4j.examples.pgbackrest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Form;

/** What options were set to: by the command line, else by the environment, else by a configuration file. */
final class OptionValues {

    /** By name and number, in the order of the names without numbers. */
    private final Map<String, Map<Integer, Setting>> settings = new TreeMap<>();

    /** Where an option was set. */
    enum Source {
        COMMAND_LINE,
        ENVIRONMENT,
        FILE
    }

    /**
     * A setting.
     *
     * @param name the option's
     * @param source where it was set
     * @param texts its values; none if it is a switch, negated or reset
     */
    record Setting(WrittenName name, Source source, List<String> texts) {
        Setting {
            texts = List.copyOf(texts);
        }

        boolean isSet() {
            return name.form() == Form.PLAIN;
        }

        Setting with(String text) {
            List<String> more = new ArrayList<>(texts);
            more.add(text);
            return new Setting(name, source, more);
        }
    }

    Optional<Setting> find(String name, int index) {
        return Optional.ofNullable(settings.getOrDefault(name, Map.of()).get(index));
    }

    void put(Setting setting) {
        settings.computeIfAbsent(setting.name().option().name(), first -> new TreeMap<>())
                .put(setting.name().index(), setting);
    }

    /** Sets it unless it was set by something that counts more. */
    void putIfAbsent(Setting setting) {
        settings.computeIfAbsent(setting.name().option().name(), first -> new TreeMap<>())
                .putIfAbsent(setting.name().index(), setting);
    }

    List<Setting> all() {
        return settings.values().stream()
                .map(Map::values)
                .flatMap(Collection::stream)
                .toList();
    }

    /** The numbers of a group, such as {@code repo-}, that any of its options was set for. */
    SortedSet<Integer> indexes(String group) {
        SortedSet<Integer> indexes = new TreeSet<>();
        for (Setting setting : all()) {
            KnownOption option = setting.name().option();
            if (option.isIndexed()
                    && option.name().startsWith(group)
                    && option.use() != KnownOption.Use.OTHER
                    && setting.name().form() != Form.RESET) {
                indexes.add(setting.name().index());
            }
        }
        return indexes;
    }
}
