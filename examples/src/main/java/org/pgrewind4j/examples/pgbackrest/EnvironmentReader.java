package org.pgrewind4j.examples.pgbackrest;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Mark;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Use;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Source;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Form;
import org.pgrewind4j.examples.pgbackrest.WrittenName.Match;

/**
 * Reads options from variables such as {@code PGBACKREST_REPO1_PATH} (pgBackRest 2.45: {@code src/config/parse.c},
 * {@code configParse}, phase 2). The same variables are there for all commands of pgBackRest, so what this command has of its
 * own is not read from them: {@code PGBACKREST_RESUME} is of {@code backup}.
 */
final class EnvironmentReader {

    private static final String PREFIX = "PGBACKREST_";

    private final OptionValues values;
    private final Log log;

    EnvironmentReader(OptionValues values, Log log) {
        this.values = values;
        this.log = log;
    }

    void read(Map<String, String> environment) throws OptionException {
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            if (variable.getKey().startsWith(PREFIX)) {
                String name = variable.getKey()
                        .substring(PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                read(name, variable.getValue());
            }
        }
    }

    private void read(String written, String text) throws OptionException {
        Optional<WrittenName> name = WrittenName.read(written, Match.WHOLE);
        if (name.filter(EnvironmentReader::isOfPgBackRest).isEmpty()) {
            log.warn("environment contains invalid option '" + written + "'");
            return;
        }
        KnownOption option = name.get().option();
        if (option.useOfShared() == Use.OTHER) {
            return;
        }
        if (text.isEmpty()) {
            throw OptionException.value("environment variable '" + written + "' must have a value");
        }
        List<String> texts = option.isRepeatable() ? List.of(text.split(":", -1)) : List.of(text);
        values.putIfAbsent(ConfigurationReader.setting(name.get(), Source.ENVIRONMENT, texts));
    }

    private static boolean isOfPgBackRest(WrittenName name) {
        return name.form() == Form.PLAIN
                && (!name.option().is(Mark.OWN) || name.option().is(Mark.NAMESAKE));
    }
}
