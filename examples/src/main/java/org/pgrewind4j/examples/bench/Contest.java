package org.pgrewind4j.examples.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Programs that do the same work in turn, each once in each round, so that all of them meet the same disturbances.
 *
 * @param <T> what is measured of one run
 */
final class Contest<T> {

    private final Map<String, Contender<T>> contenders = new LinkedHashMap<>();
    private final Map<String, List<T>> results = new LinkedHashMap<>();

    /** Does the work once. */
    interface Contender<T> {
        T run() throws IOException, InterruptedException;
    }

    void add(String name, Contender<T> contender) {
        contenders.put(name, contender);
        results.put(name, new ArrayList<>());
    }

    /** Runs the rounds, each in another order. */
    void run(int rounds) throws IOException, InterruptedException {
        List<String> order = new ArrayList<>(contenders.keySet());
        for (int round = 0; round < rounds; round++) {
            for (String name : order) {
                results.getOrDefault(name, List.of()).add(contender(name).run());
            }
            Collections.rotate(order, 1);
        }
    }

    /** Runs one of them, and forgets what was measured. */
    void runUnmeasured(String name) throws IOException, InterruptedException {
        contender(name).run();
    }

    private Contender<T> contender(String name) {
        Contender<T> contender = contenders.get(name);
        if (contender == null) {
            throw new IllegalArgumentException(name);
        }
        return contender;
    }

    /** The names, in the order in which they were added. */
    List<String> names() {
        return List.copyOf(contenders.keySet());
    }

    Series series(String name, ToDoubleFunction<T> quantity) {
        return Series.of(results.getOrDefault(name, List.of()).stream()
                .map(quantity::applyAsDouble)
                .toList());
    }
}
