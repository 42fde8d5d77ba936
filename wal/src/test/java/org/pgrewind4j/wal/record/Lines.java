package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Compares long listings, so that a failure shows the first difference and not the listings. */
final class Lines {

    private Lines() {}

    static void assertSame(List<String> ours, List<String> theirs) {
        int common = Math.min(ours.size(), theirs.size());
        for (int i = 0; i < common; i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                assertThat(ours.get(i)).as("line %s", i).isEqualTo(theirs.get(i));
            }
        }
        assertThat(ours.subList(common, ours.size()))
                .as("lines that only we have")
                .isEmpty();
        assertThat(theirs.subList(common, theirs.size()))
                .as("lines that only they have")
                .isEmpty();
        assertThat(ours).as("lines compared").isNotEmpty();
    }
}
