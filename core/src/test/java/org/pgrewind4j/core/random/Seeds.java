package org.pgrewind4j.core.random;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Reads seeds as in {@code 1-100,117}. */
final class Seeds {

    private Seeds() {}

    static List<Long> of(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .flatMapToLong(Seeds::range)
                .boxed()
                .toList();
    }

    private static LongStream range(String part) {
        int dash = part.indexOf('-');
        if (dash < 0) {
            return LongStream.of(Long.parseLong(part));
        }
        return LongStream.rangeClosed(
                Long.parseLong(part.substring(0, dash)), Long.parseLong(part.substring(dash + 1)));
    }
}
