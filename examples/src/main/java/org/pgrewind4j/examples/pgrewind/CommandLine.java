package org.pgrewind4j.examples.pgrewind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A command line as getopt reads it (POSIX.1-2017: "Utility Syntax Guidelines"; GNU C library manual, "Parsing Long Options
 * with getopt_long"): letters can be joined, the last of which can have its value behind it, long names can be cut as long
 * as they stay unambiguous, values can stand behind an equals sign, operands can stand anywhere, and {@code --} ends the
 * options.
 *
 * <p>No library does it: what they know beyond that makes the command start half as fast, and scripts look at these
 * messages.
 */
final class CommandLine {

    private final Map<String, Boolean> names;
    private final Set<String> inFull;
    private final Map<Character, String> letters;
    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> operands = new ArrayList<>();

    private CommandLine(Map<String, Boolean> names, Set<String> inFull, Map<Character, String> letters) {
        this.names = names;
        this.inFull = inFull;
        this.letters = letters;
    }

    /**
     * Reads a command line.
     *
     * @param names the long names, without the hyphens, and whether each takes a value
     * @param inFull the long names that must be written in full
     * @param letters the long names that letters stand for
     * @throws UsageException at the first option that is not understood
     */
    static CommandLine parse(
            Map<String, Boolean> names, Set<String> inFull, Map<Character, String> letters, List<String> arguments)
            throws UsageException {
        CommandLine line = new CommandLine(names, inFull, letters);
        for (int next = 0; next < arguments.size(); ) {
            String argument = arguments.get(next++);
            if (argument.equals("--")) {
                line.operands.addAll(arguments.subList(next, arguments.size()));
                break;
            } else if (argument.startsWith("--")) {
                next += line.name(argument, arguments.subList(next, arguments.size()));
            } else if (argument.startsWith("-") && argument.length() > 1) {
                next += line.letters(argument, arguments.subList(next, arguments.size()));
            } else {
                line.operands.add(argument);
            }
        }
        return line;
    }

    /** Takes a long name; returns how many of the arguments behind it were its value. */
    private int name(String argument, List<String> more) throws UsageException {
        int equals = argument.indexOf('=');
        String name = full(argument, equals < 0 ? argument.substring(2) : argument.substring(2, equals));
        boolean hasValue = names.getOrDefault(name, false);
        if (equals >= 0 && !hasValue) {
            throw new UsageException("option '--" + name + "' doesn't allow an argument");
        }
        if (hasValue && equals < 0 && more.isEmpty()) {
            throw new UsageException("option '--" + name + "' requires an argument");
        }
        put(name, equals >= 0 ? argument.substring(equals + 1) : hasValue ? more.get(0) : "");
        return hasValue && equals < 0 ? 1 : 0;
    }

    private String full(String argument, String begin) throws UsageException {
        if (names.containsKey(begin)) {
            return begin;
        }
        List<String> meant = new ArrayList<>();
        for (String name : names.keySet()) {
            if (name.startsWith(begin) && !inFull.contains(name)) {
                meant.add(name);
            }
        }
        if (meant.isEmpty()) {
            throw new UsageException("unrecognized option '" + argument + "'");
        }
        if (meant.size() > 1) {
            throw new UsageException(
                    "option '" + argument + "' is ambiguous; possibilities: '--" + String.join("' '--", meant) + "'");
        }
        return meant.get(0);
    }

    /** Takes letters; returns how many of the arguments behind them were the last one's value. */
    private int letters(String argument, List<String> more) throws UsageException {
        for (int i = 1; i < argument.length(); i++) {
            String name = letters.get(argument.charAt(i));
            if (name == null) {
                throw new UsageException("invalid option -- '" + argument.charAt(i) + "'");
            }
            if (!names.getOrDefault(name, false)) {
                put(name, "");
                continue;
            }
            boolean isBehind = i + 1 < argument.length();
            if (!isBehind && more.isEmpty()) {
                throw new UsageException("option requires an argument -- '" + argument.charAt(i) + "'");
            }
            put(name, isBehind ? argument.substring(i + 1) : more.get(0));
            return isBehind ? 0 : 1;
        }
        return 0;
    }

    private void put(String name, String value) {
        values.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value of an option; of several the last one counts. */
    Optional<String> value(String name) {
        List<String> all = values(name);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** The values of an option that can be given several times, in order. */
    List<String> values(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** What is no option. */
    List<String> operands() {
        return operands;
    }
}
