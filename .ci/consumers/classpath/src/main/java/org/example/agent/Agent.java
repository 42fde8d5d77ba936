package org.example.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.core.LibraryVersion;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.DivergenceFinder;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerTransport;

/** Uses a little of each module, as an HA agent would. */
public final class Agent {

    private Agent() {}

    /**
     * Finds where two timelines diverged, and asks for a plan with a source that is not there.
     *
     * @param arguments the data directory of a target
     */
    public static void main(String[] arguments) {
        System.out.println("pgrewind4j " + LibraryVersion.current());
        TimelineHistory old = TimelineHistory.ofSingle(TimelineId.ofBits(1));
        TimelineHistory promoted =
                TimelineHistory.parse(TimelineId.ofBits(2), "1\t0/3000148\tno recovery target specified\n");
        Optional<Divergence> divergence = DivergenceFinder.find(old, promoted);
        System.out.println("diverged at " + divergence.orElseThrow().position());
        try (Transport source = LiveServerTransport.ofConnectionString(
                        "host=127.0.0.1 port=1 user=nobody connect_timeout=1")
                .open()) {
            RewindPlan plan = Rewind.of(Path.of(arguments[0])).from(source).plan();
            System.out.println(plan.verdict());
        } catch (IOException | RuntimeException e) {
            System.out.println("no plan: " + e.getClass().getSimpleName());
        }
    }
}
