package org.pgrewind4j.transport.pgbackrest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Parts of one file, in ascending order and apart from each other. */
final class Stretches {

    /**
     * One part.
     *
     * @param begin the offset of its first byte
     * @param end the offset behind its last byte
     */
    record Stretch(long begin, long end) {}

    private final List<Stretch> parts;

    private Stretches(List<Stretch> parts) {
        this.parts = parts;
    }

    /** A whole file. */
    static Stretches all(long size) {
        return of(List.of(new Stretch(0, size)), size);
    }

    /**
     * Joins parts that overlap or touch.
     *
     * @param wanted in any order
     * @param size the length of the file, which cuts them
     */
    static Stretches of(List<Stretch> wanted, long size) {
        List<Stretch> sorted = wanted.stream()
                .map(part -> new Stretch(part.begin(), Math.min(part.end(), size)))
                .filter(part -> part.begin() < part.end())
                .sorted(Comparator.comparingLong(Stretch::begin))
                .toList();
        List<Stretch> parts = new ArrayList<>();
        for (Stretch next : sorted) {
            int last = parts.size() - 1;
            if (last >= 0 && next.begin() <= parts.get(last).end()) {
                Stretch before = parts.get(last);
                parts.set(last, new Stretch(before.begin(), Math.max(before.end(), next.end())));
            } else {
                parts.add(next);
            }
        }
        return new Stretches(List.copyOf(parts));
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    List<Stretch> parts() {
        return parts;
    }

    boolean covers(long size) {
        return parts.size() == 1 && parts.get(0).begin() == 0 && parts.get(0).end() == size;
    }
}
