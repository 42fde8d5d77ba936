package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;

class RewindProgressTest {

    @Test
    void isSeenByJmx() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("pgrewind4j:type=Rewind");
        RewindProgress shown = new RewindProgress();
        server.registerMBean(shown, name);
        try {
            shown.phaseStarted(Phase.STAGE);
            assertThat(server.getAttribute(name, "SecondsLeft")).isEqualTo(-1L);

            shown.progressed(new Progress(Phase.STAGE, 25, 100, 0, 0, Duration.ofSeconds(5)));
            assertThat(server.getAttribute(name, "Phase")).isEqualTo("STAGE");
            assertThat(server.getAttribute(name, "Percent")).isEqualTo(25);
            assertThat(server.getAttribute(name, "SecondsLeft")).isEqualTo(15L);
        } finally {
            server.unregisterMBean(name);
        }
    }
}
