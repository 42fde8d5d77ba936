package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RelFileLocatorTest {

    @Test
    void printsUnsignedNumbers() {
        assertThat(new RelFileLocator(1663, 13010, 1259)).hasToString("1663/13010/1259");
        assertThat(new RelFileLocator(1664, 0, -1)).hasToString("1664/0/4294967295");
    }

    @Test
    void ordersByUnsignedNumbers() {
        RelFileLocator[] ordered = {
            new RelFileLocator(1663, 5, 16401),
            new RelFileLocator(1663, 5, -1),
            new RelFileLocator(1663, 6, 1),
            new RelFileLocator(1664, 0, 1),
            new RelFileLocator(-1, 0, 0)
        };

        assertThat(Stream.of(ordered[4], ordered[1], ordered[3], ordered[0], ordered[2])
                        .sorted())
                .containsExactly(ordered);
    }

    @Test
    void namesForksByTheirNumbers() {
        assertThat(ForkName.ofNumber(0)).contains(ForkName.MAIN);
        assertThat(ForkName.ofNumber(1)).contains(ForkName.FSM);
        assertThat(ForkName.ofNumber(2)).contains(ForkName.VM);
        assertThat(ForkName.ofNumber(3)).contains(ForkName.INIT);
        assertThat(ForkName.ofNumber(4)).isEmpty();
        assertThat(ForkName.ofNumber(-1)).isEmpty();
        assertThat(ForkName.values()).extracting(ForkName::suffix).containsExactly("", "_fsm", "_vm", "_init");
        assertThat(ForkName.values()).extracting(ForkName::toString).containsExactly("main", "fsm", "vm", "init");
    }
}
