package org.pgrewind4j.wal;

/**
 * Reads the path of a {@link RelationFile} from left to right. By hand, because a plan asks of every file of both sides:
 * with regular expressions that took longer than to list them.
 *
 * <p>What is not there makes all further reading fail, so that it is enough to ask in the end: {@link #isRead}.
 */
final class RelationPath {

    private static final long GREATEST = 0xFFFF_FFFFL;

    private final String text;
    private int at;
    private boolean hasFailed;

    RelationPath(String text) {
        this.text = text;
    }

    /** Goes behind a text, if that comes next. */
    boolean skip(String next) {
        if (hasFailed || !text.startsWith(next, at)) {
            return false;
        }
        at += next.length();
        return true;
    }

    /** Goes behind a text, which must come next. */
    void expect(String next) {
        hasFailed |= !skip(next);
    }

    /** Reads a number from 1 to 4294967295 without leading zeros; the result counts only if all {@link #isRead}. */
    long number() {
        long number = 0;
        int begin = at;
        while (at < text.length() && isDigit(text.charAt(at)) && number <= GREATEST) {
            number = number * 10 + text.charAt(at) - '0';
            at++;
        }
        hasFailed |= at == begin || text.charAt(begin) == '0' || number > GREATEST;
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Reads the name of a fork behind a relation's number, if there is one. */
    ForkName fork() {
        for (ForkName fork : ForkName.NAMED) {
            if (skip(fork.suffix())) {
                return fork;
            }
        }
        return ForkName.MAIN;
    }

    /** Whether everything was there, and nothing more is. */
    boolean isRead() {
        return !hasFailed && at == text.length();
    }
}
