package org.pgrewind4j.examples.bench;

import java.util.Arrays;
import java.util.List;

/** The same quantity, measured once in each round. */
final class Series {

    private final double[] values;

    private Series(double[] values) {
        this.values = values;
    }

    static Series of(List<Double> values) {
        return new Series(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double median() {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double least() {
        return Arrays.stream(values).min().orElse(Double.NaN);
    }

    double greatest() {
        return Arrays.stream(values).max().orElse(Double.NaN);
    }

    /**
     * Divides round by round. A machine that is busy with other things for a while is so for both values of a round, so
     * the median of the quotients is steadier than the quotient of the medians.
     */
    Series per(Series divisor) {
        double[] quotients = new double[values.length];
        for (int i = 0; i < quotients.length; i++) {
            quotients[i] = values[i] / divisor.values[i];
        }
        return new Series(quotients);
    }
}
