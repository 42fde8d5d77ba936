package org.pgrewind4j.core;

/**
 * A phase that executing a plan will go through.
 *
 * @param phase which one
 * @param bytes about how many bytes will be fetched, written or read in it; 0 where that is not known before
 */
public record ExpectedPhase(Phase phase, long bytes) {}
