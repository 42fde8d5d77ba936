package org.pgrewind4j.wal;

import java.util.List;
import java.util.Optional;

/**
 * The files that make up one relation. In the order of their numbers in WAL (PostgreSQL:
 * {@code src/include/common/relpath.h}, {@code ForkNumber}).
 */
public enum ForkName {
    /** The rows, or the index, itself. */
    MAIN("main"),
    /** The free space map. */
    FSM("fsm"),
    /** The visibility map. */
    VM("vm"),
    /** What an unlogged relation is reset to at the end of recovery. */
    INIT("init");

    /** Those that have a suffix. */
    static final List<ForkName> NAMED = List.of(FSM, VM, INIT);

    private static final ForkName[] BY_NUMBER = values();

    private final String description;
    private final String suffix;

    ForkName(String description) {
        this.description = description;
        this.suffix = description.equals("main") ? "" : "_" + description;
    }

    /**
     * Finds a fork by its number in WAL.
     *
     * @param number from 0 for the main fork
     * @return the fork, or empty if no fork has that number
     */
    public static Optional<ForkName> ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? Optional.of(BY_NUMBER[number]) : Optional.empty();
    }

    /**
     * What follows the relation's number in a file's name.
     *
     * @return empty for the main fork, {@code _fsm}, {@code _vm} or {@code _init}
     */
    public String suffix() {
        return suffix;
    }

    /** Prints as {@code pg_waldump} does: {@code main}, {@code fsm}, {@code vm} or {@code init}. */
    @Override
    public String toString() {
        return description;
    }
}
