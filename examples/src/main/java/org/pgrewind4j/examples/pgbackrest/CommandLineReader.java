package org.pgrewind4j.examples.pgbackrest;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Mark;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Use;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Setting;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Source;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Form;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Match;

/**
 * Reads a command line of {@code pgbackrest restore}, with the command's name anywhere on it or not at all (pgBackRest 2.45:
 * {@code src/config/parse.c}, {@code configParse}, phase 1). Its rules are its own: {@code --no-} forms, numbers within names,
 * one spelling of each value.
 */
final class CommandLineReader {

    private static final List<String> HELP = List.of("--help", "-h", "-?");

    private final OptionValues values;

    CommandLineReader(OptionValues values) {
        this.values = values;
    }

    /** Whether usage is asked for: what an option takes as its value asks for nothing. */
    static boolean asksForHelp(List<String> arguments) {
        boolean isNamed = false;
        for (Iterator<String> left = arguments.iterator(); left.hasNext(); ) {
            String argument = left.next();
            if (HELP.contains(argument) || (!isNamed && argument.equals("help"))) {
                return true;
            }
            if (!argument.startsWith("-")) {
                isNamed = true;
            } else if (takesNext(argument) && left.hasNext()) {
                left.next();
            }
        }
        return false;
    }

    private static boolean takesNext(String argument) {
        try {
            return argument.startsWith("--")
                    && argument.indexOf('=') < 0
                    && WrittenName.read(argument.substring(2), Match.BEGINNING)
                            .filter(name ->
                                    name.form() == Form.PLAIN && name.option().type() != KnownOption.Type.SWITCH)
                            .isPresent();
        } catch (OptionException e) {
            // Whoever reads the options complains of it.
            return false;
        }
    }

    void read(List<String> arguments) throws OptionException {
        boolean isNamed = false;
        for (Iterator<String> left = arguments.iterator(); left.hasNext(); ) {
            String argument = left.next();
            if (argument.startsWith("-")) {
                option(argument, left);
            } else if (isNamed) {
                throw new OptionException(ExitStatus.PARAMETER_INVALID, "command does not allow parameters");
            } else if (argument.equals("restore")) {
                isNamed = true;
            } else {
                throw new OptionException(
                        ExitStatus.COMMAND_INVALID,
                        "invalid command '" + argument + "'\nHINT: this is the command restore alone.");
            }
        }
    }

    private void option(String argument, Iterator<String> left) throws OptionException {
        if (!argument.startsWith("--")) {
            throw OptionException.invalid("option '" + argument + "' must begin with --");
        }
        int equals = argument.indexOf('=');
        String written = argument.substring(2, equals < 0 ? argument.length() : equals);
        Optional<String> text = equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
        WrittenName name = WrittenName.read(written, Match.BEGINNING)
                .orElseThrow(() -> OptionException.invalid("invalid option '" + argument + "'"));
        KnownOption option = name.option();
        if (name.form() != Form.PLAIN) {
            if (text.isPresent()) {
                throw OptionException.invalid("option '" + written + "' does not allow an argument");
            }
        } else if (option.type() == KnownOption.Type.SWITCH) {
            name = named(name, text, written);
            text = Optional.empty();
        } else if (text.isEmpty()) {
            if (!left.hasNext()) {
                throw OptionException.invalid("option '--" + written + "' requires an argument");
            }
            text = Optional.of(left.next());
        }
        check(name);
        put(name, text);
    }

    private static WrittenName named(WrittenName name, Optional<String> text, String written) throws OptionException {
        if (text.filter(value -> !value.equals("y") && !value.equals("n")).isPresent()) {
            throw OptionException.value("boolean option '--" + written + "' argument must be 'y' or 'n'");
        }
        return text.filter("n"::equals).isPresent() ? new WrittenName(name.option(), name.index(), Form.NEGATED) : name;
    }

    private static void check(WrittenName name) throws OptionException {
        if (name.option().is(Mark.SECRET)) {
            throw OptionException.invalid("option '" + name.present() + "' is not allowed on the command-line\n"
                    + "HINT: this option could expose secrets in the process list.\n"
                    + "HINT: specify the option in a configuration file or an environment variable instead.");
        }
        if (name.option().use() == Use.OTHER) {
            throw OptionException.invalid("option '" + name.present() + "' not valid for command 'restore'");
        }
        if (name.option().use() == Use.OF_HOST || name.option().use() == Use.OF_STORE) {
            throw RestoreOptions.unsupported(name);
        }
    }

    private void put(WrittenName name, Optional<String> text) throws OptionException {
        Optional<Setting> before = values.find(name.option().name(), name.index());
        if (before.isEmpty()) {
            values.put(new Setting(name, Source.COMMAND_LINE, text.map(List::of).orElse(List.of())));
        } else if (before.get().name().form() != name.form()) {
            throw OptionException.invalid("option '" + name.present() + "' cannot be set and negated or reset");
        } else if (text.isPresent() && name.option().isRepeatable()) {
            values.put(before.get().with(text.get()));
        } else {
            throw OptionException.invalid("option '" + name.present() + "' cannot be set multiple times");
        }
    }
}
