package org.pgrewind4j.examples.pgrewind;

import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;

/** Progress as lines, or on a terminal as one line with a bar. */
final class ProgressText implements RewindListener {

    private static final long KILOBYTE = 1024;
    private static final long NANOS_BETWEEN = 1_000_000_000;
    private static final int BAR = 30;

    /** Where progress is seen. */
    enum Display {
        NOWHERE,
        LINES,
        TERMINAL;

        static Display of(Options options) {
            if (!options.showsProgress()) {
                return NOWHERE;
            }
            // The launcher knows: System.console() asks for standard input and output.
            return Boolean.getBoolean("pg_rewind.terminal") ? TERMINAL : LINES;
        }
    }

    private final Messages messages;
    private final Display display;
    private long nextLine = Long.MIN_VALUE;
    private boolean finished;

    ProgressText(Messages messages, Display display) {
        this.messages = messages;
        this.display = display;
    }

    @Override
    public void phaseStarted(Phase phase) {
        if (display == Display.NOWHERE) {
            return;
        }
        switch (phase) {
            case COLLECT, STAGE -> {}
            case SCAN -> messages.info("reading WAL in target");
            case DECIDE -> {
                messages.info("reading source file list");
                messages.info("reading target file list");
            }
            case SEAL -> messages.info("creating backup label and updating control file");
            case APPLY -> messages.info("syncing target data directory");
            case VERIFY -> messages.info("verifying target data directory");
        }
    }

    @Override
    public void progressed(Progress progress) {
        if (display == Display.NOWHERE || progress.phase() != Phase.STAGE || finished) {
            return;
        }
        finished = progress.bytesDone() >= progress.bytesExpected();
        if (finished || System.nanoTime() >= nextLine) {
            nextLine = System.nanoTime() + NANOS_BETWEEN;
            messages.raw(line(progress.bytesDone(), Math.max(progress.bytesDone(), progress.bytesExpected())));
        }
    }

    private String line(long done, long expected) {
        long percent = expected == 0 ? 100 : done * 100 / expected;
        String total = Long.toString(expected / KILOBYTE);
        String text = Long.toString(done / KILOBYTE);
        String figures = " ".repeat(Math.max(0, total.length() - text.length())) + text + "/" + total + " kB ("
                + percent + "%) copied";
        if (display == Display.LINES) {
            return figures + "\n";
        }
        int full = (int) (percent * BAR / 100);
        return figures + " [" + "#".repeat(full) + " ".repeat(BAR - full) + "]" + (done < expected ? "\r" : "\n");
    }
}
