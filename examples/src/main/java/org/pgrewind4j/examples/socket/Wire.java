package org.pgrewind4j.examples.socket;

/**
 * What client and server say. A connection is for one request: a byte of these, and its arguments. The answer is a
 * sequence of a byte and what it announces, up to {@link #DONE} or {@link #FAILED}.
 *
 * <table>
 * <caption>Requests and answers; texts in modified UTF-8 behind their length (2 bytes), numbers big-endian</caption>
 * <tr><th>byte</th><th>followed by</th></tr>
 * <tr><td>{@link #LIST}</td><td>number of closed directories 4, their paths</td></tr>
 * <tr><td>{@link #READ}</td><td>path, greatest length 4</td></tr>
 * <tr><td>{@link #FETCH}</td><td>number of ranges 4; of each path, offset 8, length 8</td></tr>
 * <tr><td>{@link #PROBLEMS}</td><td>nothing</td></tr>
 * <tr><td>{@link #ENTRY}</td><td>path, name of the type, size 8, link target</td></tr>
 * <tr><td>{@link #BYTES}</td><td>range 4, offset 8, length 4, the bytes</td></tr>
 * <tr><td>{@link #END}</td><td>range 4, bytes that were sent of it 8</td></tr>
 * <tr><td>{@link #VANISHED}</td><td>range 4</td></tr>
 * <tr><td>{@link #PROBLEM}</td><td>name of the kind, message, cure</td></tr>
 * <tr><td>{@link #FAILED}</td><td>one of the following, path, message</td></tr>
 * </table>
 */
final class Wire {

    static final int LIST = 1;
    static final int READ = 2;
    static final int FETCH = 3;
    static final int PROBLEMS = 4;

    static final int DONE = 10;
    static final int ENTRY = 11;
    static final int BYTES = 13;
    static final int END = 14;
    static final int VANISHED = 15;
    static final int PROBLEM = 16;
    static final int FAILED = 17;

    /** Kinds of failures: anything, a file that is not there, a path that leads out. */
    static final int ANY = 20;

    static final int MISSING = 21;
    static final int LEADS_OUT = 22;

    /** The most bytes in one {@link #BYTES}. */
    static final int CHUNK = 1 << 16;

    private Wire() {}
}
