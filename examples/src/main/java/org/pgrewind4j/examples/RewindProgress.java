package org.pgrewind4j.examples;

import java.time.Duration;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.RewindListener;

/**
 * Shows a rewind to JMX. A library of metrics is bound in the same way: a gauge for each figure, and a timer that {@link
 * RewindListener#phaseFinished} feeds.
 *
 * <pre>{@code
 * RewindProgress shown = new RewindProgress();
 * ManagementFactory.getPlatformMBeanServer().registerMBean(shown, new ObjectName("pgrewind4j:type=Rewind"));
 * Rewind.of(oldPrimary).from(source).listener(RewindListener.all(shown, own)).plan().execute();
 * }</pre>
 */
public final class RewindProgress implements RewindListener, RewindProgressMXBean {

    private volatile Progress last = new Progress(Phase.COLLECT, 0, 0, 0, 0);

    /** Shows a rewind that has not begun. */
    public RewindProgress() {}

    @Override
    public void phaseStarted(Phase phase) {
        last = new Progress(phase, 0, 0, 0, 0);
    }

    @Override
    public void progressed(Progress progress) {
        last = progress;
    }

    @Override
    public String getPhase() {
        return last.phase().name();
    }

    @Override
    public int getPercent() {
        return last.percent();
    }

    @Override
    public long getSecondsLeft() {
        return last.remaining().map(Duration::toSeconds).orElse(-1L);
    }
}
