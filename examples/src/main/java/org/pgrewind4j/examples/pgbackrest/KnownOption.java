package org.pgrewind4j.examples.pgbackrest;

import java.util.Set;

/**
 * An option of pgBackRest, or of this command alone.
 *
 * @param name its name, without a number: {@code pg-path} for {@code pg1-path}
 * @param type what its values are
 * @param place where it may stand
 * @param use what this command makes of it
 * @param marks what else is to be known of it
 */
record KnownOption(String name, Type type, Place place, Use use, Set<Mark> marks) {

    /** What a value is. */
    enum Type {
        SWITCH,
        TEXT,
        PATH,
        NUMBER,
        /** Several texts. */
        LIST,
        /** Several of the form {@code key=value}. */
        MAP
    }

    /** Where an option may stand, beside the command line and the environment. */
    enum Place {
        COMMAND_LINE,
        /** In any section of a configuration file. */
        GLOBAL,
        /** In a stanza's sections. */
        STANZA
    }

    /** What this command makes of it. */
    enum Use {
        USED,
        /** It changes nothing of the result. */
        IGNORED,
        /** Whoever sets it asks for what this command does not do. */
        REFUSED,
        /** It tells more of a remote host, which is refused itself. */
        OF_HOST,
        /** It tells more of an object store or another repository that is no directory, which is refused itself. */
        OF_STORE,
        /** It is for other commands of pgBackRest. */
        OTHER
    }

    /** What else is to be known. */
    enum Mark {
        /** What the command line says of it is passed on to {@code archive-get}. */
        PASSED_ON,
        /** It may not stand on a command line, where everybody can read it. */
        SECRET,
        /** It is this command's own, on its command line alone. */
        OWN,
        /** pgBackRest has one of the same name for other commands, which environment and configuration files mean. */
        NAMESAKE
    }

    KnownOption {
        marks = Set.copyOf(marks);
    }

    boolean is(Mark mark) {
        return marks.contains(mark);
    }

    /** What is made of it in the environment and in configuration files, which are for all commands of pgBackRest. */
    Use useOfShared() {
        return is(Mark.OWN) ? Use.OTHER : use;
    }

    /** Whether it has a number in its name. */
    boolean isIndexed() {
        return (name.startsWith("pg-") && !name.equals("pg-version-force"))
                || (name.startsWith("repo-") && !name.equals("repo-target-time"));
    }

    boolean isRepeatable() {
        return type == Type.LIST || type == Type.MAP;
    }

    /** Whether it can be written with {@code no-} before it. */
    boolean isNegatable() {
        return name.equals("config") || (type == Type.SWITCH && isResettable());
    }

    /** Whether {@code reset-} before it makes it what it is by default. */
    boolean isResettable() {
        return place != Place.COMMAND_LINE && !is(Mark.OWN);
    }

    /** Its name as it is written. */
    String written(int index) {
        if (!isIndexed()) {
            return name;
        }
        int dash = name.indexOf('-');
        return name.substring(0, dash) + index + name.substring(dash);
    }
}
