package org.pgrewind4j.examples.pgbackrest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an option as somebody wrote it (pgBackRest 2.45: {@code src/config/parse.c}, {@code cfgParseOption}).
 *
 * @param option which one is meant
 * @param index its number, 1 for one without
 * @param form how it was written
 */
record WrittenName(KnownOption option, int index, Form form) {

    private static final int LARGEST_INDEX = 256;
    private static final Pattern INDEXED = Pattern.compile("([a-z]+)([0-9]{1,4})(-.*)");

    /** How an option can be written. */
    enum Form {
        PLAIN,
        /** With {@code no-} before it. */
        NEGATED,
        /** With {@code reset-} before it. */
        RESET
    }

    /** Whether the beginning of a name is enough. */
    enum Match {
        WHOLE,
        BEGINNING
    }

    /** Reads a name; empty if no option is called so. */
    static Optional<WrittenName> read(String written, Match match) throws OptionException {
        Form form = written.startsWith("no-") ? Form.NEGATED : written.startsWith("reset-") ? Form.RESET : Form.PLAIN;
        String name = form == Form.PLAIN ? written : written.substring(written.indexOf('-') + 1);
        Matcher indexed = INDEXED.matcher(name);
        boolean hasIndex = indexed.matches();
        String base = hasIndex ? indexed.group(1) + indexed.group(3) : name;
        int index = hasIndex ? Integer.parseInt(indexed.group(2)) : 1;
        Optional<KnownOption> present = KnownOptions.named(base)
                .or(() -> match == Match.BEGINNING ? KnownOptions.beginning(base) : Optional.empty());
        Optional<KnownOption> option =
                present.or(() -> hasIndex ? KnownOptions.oldIndexed(base) : KnownOptions.old(base));
        if (option.isEmpty()) {
            return Optional.empty();
        }
        WrittenName found = new WrittenName(option.get(), index, form);
        found.check(written, hasIndex, present.isEmpty());
        return Optional.of(found);
    }

    private void check(String written, boolean hasIndex, boolean isOld) throws OptionException {
        if (form == Form.NEGATED && !option.isNegatable()) {
            throw OptionException.invalid("option '" + written + "' cannot be negated");
        }
        if (form == Form.RESET && !option.isResettable()) {
            throw OptionException.invalid("option '" + written + "' cannot be reset");
        }
        if (hasIndex && !option.isIndexed()) {
            throw OptionException.invalid("option '" + written + "' cannot have an index");
        }
        if (index < 1 || index > LARGEST_INDEX) {
            throw OptionException.invalid("option '" + written + "' key exceeds maximum of " + LARGEST_INDEX);
        }
        if (!hasIndex && option.isIndexed() && !isOld && !KnownOptions.wasWithoutIndex(option)) {
            throw OptionException.invalid("option '" + written
                    + "' requires an index\nHINT: add the required index, e.g. " + option.written(1) + ".");
        }
    }

    /** The name as it is written today. */
    String present() {
        return option.written(index);
    }
}
