package org.pgrewind4j.examples.pgrewind;

import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindPlan;

/** Progress as the original's lines, or on a terminal as one bar over all phases. */
final class ProgressText implements RewindListener {

    private static final long KILOBYTE = 1024;
    private static final long NANOS_BETWEEN = 1_000_000_000;
    private static final long NANOS_BETWEEN_BARS = NANOS_BETWEEN / 5;

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
    private final ProgressBar bar = new ProgressBar();
    private long nextLine = System.nanoTime();
    private Phase phase = Phase.COLLECT;
    private boolean finished;

    ProgressText(Messages messages, Display display) {
        this.messages = messages;
        this.display = display;
    }

    /** Learns what is to be done. */
    void expect(RewindPlan plan) {
        bar.expect(plan);
    }

    @Override
    public void phaseStarted(Phase next) {
        phase = next;
        switch (display) {
            case NOWHERE -> {}
            case LINES -> tell(next);
            case TERMINAL -> draw(new Progress(next, 0, 0, 0, 0));
        }
    }

    private void tell(Phase next) {
        switch (next) {
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
        switch (display) {
            case NOWHERE -> {}
            case LINES -> copied(progress);
            case TERMINAL -> {
                if (System.nanoTime() - nextLine >= 0) {
                    nextLine = System.nanoTime() + NANOS_BETWEEN_BARS;
                    draw(progress);
                }
            }
        }
    }

    private void draw(Progress progress) {
        messages.raw(bar.line(progress) + "\r");
    }

    private void copied(Progress progress) {
        if (progress.phase() != Phase.STAGE || finished) {
            return;
        }
        finished = progress.bytesDone() >= progress.bytesExpected();
        if (finished || System.nanoTime() - nextLine >= 0) {
            nextLine = System.nanoTime() + NANOS_BETWEEN;
            messages.raw(line(progress.bytesDone(), Math.max(progress.bytesDone(), progress.bytesExpected())));
        }
    }

    /** The bar goes away after planning, for the lines that tell of the plan, and is full at the end. */
    @Override
    public void finished() {
        if (display == Display.TERMINAL) {
            messages.raw(phase.compareTo(Phase.DECIDE) <= 0 ? bar.blank() : bar.full(phase) + "\n");
        }
    }

    @Override
    public void failed(Phase during, RuntimeException failure) {
        if (display == Display.TERMINAL) {
            messages.raw(bar.blank());
        }
    }

    private static String line(long done, long expected) {
        long percent = expected == 0 ? 100 : done * 100 / expected;
        String total = Long.toString(expected / KILOBYTE);
        String text = Long.toString(done / KILOBYTE);
        return " ".repeat(Math.max(0, total.length() - text.length())) + text + "/" + total + " kB (" + percent
                + "%) copied\n";
    }
}
