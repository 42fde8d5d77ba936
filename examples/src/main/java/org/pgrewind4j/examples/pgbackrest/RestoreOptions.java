package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Use;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Setting;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Source;

/**
 * What the command was told, checked (pgBackRest 2.45: {@code src/config/parse.c}, {@code configParse}, phases 4 and 5): an
 * option that needs another one is an error on the command line, and passed over anywhere else.
 */
final class RestoreOptions {

    private static final String LEVELS = "off|error|warn|info|detail|debug|trace";
    private static final Map<String, Pattern> ALLOWED = Map.of(
            "evidence", Pattern.compile("content|wal"),
            "type", Pattern.compile("default|immediate|lsn|name|time|xid|standby|preserve|none"),
            "target-action", Pattern.compile("pause|promote|shutdown"),
            "archive-mode", Pattern.compile("off|preserve"),
            "repo-type", Pattern.compile("posix|cifs"),
            "repo-cipher-type", Pattern.compile("none|aes-256-cbc"),
            "log-level-console", Pattern.compile(LEVELS),
            "log-level-stderr", Pattern.compile(LEVELS),
            "process-max", Pattern.compile("[1-9][0-9]{0,2}"),
            "repo", Pattern.compile("[1-9][0-9]{0,2}"));

    /** Recovery types that an option has a meaning for. */
    private static final Map<String, List<String>> TYPES = Map.of(
            "target", List.of("lsn", "name", "time", "xid"),
            "target-action", List.of("immediate", "lsn", "name", "time", "xid"),
            "target-exclusive", List.of("lsn", "time", "xid"),
            "target-timeline", List.of("default", "lsn", "name", "standby", "time", "xid"),
            "recovery-option", List.of("default", "immediate", "lsn", "name", "time", "standby", "xid"));

    private final OptionValues values;

    private RestoreOptions(OptionValues values) {
        this.values = values;
    }

    static RestoreOptions read(List<String> arguments, Map<String, String> environment, Log log)
            throws OptionException, IOException {
        OptionValues values = new OptionValues();
        new CommandLineReader(values).read(arguments);
        new EnvironmentReader(values, log).read(environment);
        new ConfigurationReader(values, log).read(new ConfigurationFiles(values).texts());
        RestoreOptions options = new RestoreOptions(values);
        for (Setting setting : values.all()) {
            options.check(setting);
        }
        log.configure(options);
        return options;
    }

    /** An option that asks for what this command does not do. */
    static OptionException unsupported(WrittenName name) {
        return OptionException.invalid(
                "option '" + name.present() + "' is not supported here\n" + "HINT: run pgbackrest itself for it.");
    }

    private void check(Setting setting) throws OptionException {
        KnownOption option = setting.name().option();
        if (!setting.isSet() || !isMeant(setting)) {
            return;
        }
        if (option.use() == Use.REFUSED) {
            throw unsupported(setting.name());
        }
        String written = setting.name().present();
        for (String text : setting.texts()) {
            if (text.isEmpty()) {
                throw OptionException.value("'' must be >= 1 character for '" + written + "' option");
            }
            if (option.type() == KnownOption.Type.PATH) {
                checkPath(written, text);
            }
            Pattern allowed = ALLOWED.get(option.name());
            if (allowed != null && !allowed.matcher(text).matches()) {
                throw OptionException.value("'" + text + "' is not allowed for '" + written + "' option"
                        + (option.name().equals("repo-type")
                                ? "\nHINT: a repository must be a directory of this machine; run pgbackrest itself for others."
                                : ""));
            }
        }
        if (option.type() == KnownOption.Type.MAP) {
            map(option.name());
        }
    }

    private static void checkPath(String written, String text) throws OptionException {
        if (!text.startsWith("/")) {
            throw OptionException.value("'" + text + "' must begin with / for '" + written + "' option");
        }
        if (text.contains("//")) {
            throw OptionException.value("'" + text + "' cannot contain // for '" + written + "' option");
        }
    }

    /** Whether an option has a meaning for the recovery type. */
    private boolean isMeant(Setting setting) throws OptionException {
        List<String> types = TYPES.get(setting.name().option().name());
        if (types == null || types.contains(type())) {
            return true;
        }
        if (setting.source() == Source.COMMAND_LINE) {
            throw OptionException.invalid("option '" + setting.name().present()
                    + "' not valid without option 'type' in ('" + String.join("', '", types) + "')");
        }
        return false;
    }

    /** The recovery type. */
    String type() {
        return find("type", 1).map(setting -> setting.texts().get(0)).orElse("default");
    }

    private Optional<Setting> find(String name, int index) {
        return values.find(name, index).filter(Setting::isSet);
    }

    private Optional<Setting> meant(String name, int index) throws OptionException {
        Optional<Setting> found = find(name, index);
        return found.isPresent() && isMeant(found.get()) ? found : Optional.empty();
    }

    /** Whether a switch is on. */
    boolean is(String name) throws OptionException {
        return meant(name, 1).isPresent();
    }

    /** Whether a switch is off by somebody's word. */
    boolean isNegated(String name) {
        return values.find(name, 1)
                .filter(setting -> setting.name().form() == WrittenName.Form.NEGATED)
                .isPresent();
    }

    Optional<String> value(String name) throws OptionException {
        return value(name, 1);
    }

    Optional<String> value(String name, int index) throws OptionException {
        return meant(name, index).map(setting -> setting.texts().get(0)).map(text -> {
            boolean isPath = type(name) == KnownOption.Type.PATH && text.length() > 1 && text.endsWith("/");
            return isPath ? text.substring(0, text.length() - 1) : text;
        });
    }

    private static KnownOption.Type type(String name) {
        return KnownOptions.named(name).map(KnownOption::type).orElse(KnownOption.Type.TEXT);
    }

    Optional<Path> path(String name, int index) throws OptionException {
        return value(name, index).map(Path::of);
    }

    String required(String name) throws OptionException {
        return value(name)
                .orElseThrow(() -> new OptionException(
                        ExitStatus.OPTION_REQUIRED,
                        "restore command requires option: "
                                + KnownOptions.named(name).orElseThrow().written(1)
                                + (name.equals("pg-path") ? "\nHINT: does this stanza exist?" : "")));
    }

    /** All values of an option that may be repeated. */
    List<String> list(String name) throws OptionException {
        return meant(name, 1).map(Setting::texts).orElse(List.of());
    }

    /** The values of the form {@code key=value}; of a key that is repeated the last one counts. */
    Map<String, String> map(String name) throws OptionException {
        Map<String, String> map = new LinkedHashMap<>();
        for (String pair : list(name)) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw OptionException.invalid("key/value '" + pair + "' not valid for '" + name + "' option");
            }
            map.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return map;
    }

    /** The numbers of the repositories to look into, in order. */
    SortedSet<Integer> repositories() throws OptionException {
        SortedSet<Integer> all = values.indexes("repo-");
        if (all.isEmpty()) {
            all.add(1);
        }
        Optional<String> only = value("repo");
        if (only.isEmpty()) {
            return all;
        }
        int number = Integer.parseInt(only.get());
        if (!all.contains(number)) {
            throw OptionException.value("key '" + number + "' is not valid for 'repo' option");
        }
        return new TreeSet<>(List.of(number));
    }

    /** All that was set on the command line, in the order of the names. */
    List<Setting> ofCommandLine() {
        return values.all().stream()
                .filter(setting -> setting.source() == Source.COMMAND_LINE)
                .toList();
    }
}
