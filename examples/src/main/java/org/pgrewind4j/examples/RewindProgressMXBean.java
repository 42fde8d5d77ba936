package org.pgrewind4j.examples;

/** What JMX shows of a rewind; the names are those that JMX asks for. */
public interface RewindProgressMXBean {

    /**
     * The phase that is under way.
     *
     * @return its name; the first one before anything began
     */
    String getPhase();

    /**
     * How much of it is done.
     *
     * @return from 0 to 100
     */
    int getPercent();

    /**
     * How long it still takes.
     *
     * @return seconds, -1 where that is not known
     */
    long getSecondsLeft();
}
