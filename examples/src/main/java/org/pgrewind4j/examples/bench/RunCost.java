package org.pgrewind4j.examples.bench;

/**
 * What one run of a program cost.
 *
 * @param seconds of wall time
 * @param cpuSeconds of all its threads, in user and kernel mode
 * @param writtenBytes what it gave to write calls
 * @param peakBytes the most main memory that it held, not a number where that cannot be told
 */
record RunCost(double seconds, double cpuSeconds, double writtenBytes, double peakBytes) {}
