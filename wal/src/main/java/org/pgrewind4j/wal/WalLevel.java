package org.pgrewind4j.wal;

import java.util.Locale;
import java.util.Optional;

/** How much a server writes to its WAL: its parameter {@code wal_level}. In the order of the numbers in the files. */
public enum WalLevel {
    /** Enough for crash recovery. */
    MINIMAL,
    /** Enough for standbys and archives. */
    REPLICA,
    /** Enough for logical decoding too. */
    LOGICAL;

    /**
     * Finds a level by its number in the files.
     *
     * @param number from 0
     * @return the level, or empty if no level has that number
     */
    public static Optional<WalLevel> ofNumber(int number) {
        return number >= 0 && number < values().length ? Optional.of(values()[number]) : Optional.empty();
    }

    /** Prints the parameter's value, as in {@code replica}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
