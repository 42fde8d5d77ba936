package org.pgrewind4j.core.internal.events;

import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;

/** Counts one phase's progress for the listener. Used by one thread at a time. */
public final class ProgressCounter {

    /** A listener is told each time so many bytes were done, and at each end of a file beyond that. */
    private static final long STEP = 1 << 20;

    private final RewindListener listener;
    private final Phase phase;
    private final long bytesExpected;
    private final long filesExpected;
    private long bytes;
    private long files;
    private long told;

    public ProgressCounter(RewindListener listener, Phase phase, long bytesExpected, long filesExpected) {
        this.listener = listener;
        this.phase = phase;
        this.bytesExpected = bytesExpected;
        this.filesExpected = filesExpected;
        listener.phaseStarted(phase);
    }

    public void bytesDone(long more) {
        bytes += more;
        if (bytes - told >= STEP) {
            tell();
        }
    }

    public void fileDone() {
        files++;
    }

    /** Tells the last figures of the phase. */
    public void tell() {
        told = bytes;
        listener.progressed(new Progress(phase, bytes, bytesExpected, files, filesExpected));
    }
}
