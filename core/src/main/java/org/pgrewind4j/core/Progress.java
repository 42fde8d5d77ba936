package org.pgrewind4j.core;

/**
 * How far a phase has come. Within a phase the figures never go back.
 *
 * @param phase the phase
 * @param bytesDone bytes read, fetched or applied so far
 * @param bytesExpected the phase's total, zero where it is not known
 * @param filesDone files finished so far
 * @param filesExpected the phase's total, zero where it is not known
 */
public record Progress(Phase phase, long bytesDone, long bytesExpected, long filesDone, long filesExpected) {}
