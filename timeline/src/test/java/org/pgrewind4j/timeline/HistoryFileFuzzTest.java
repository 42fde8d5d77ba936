package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class HistoryFileFuzzTest {

    private static final TimelineId TIMELINE = new TimelineId(9);

    /** A history that can be read is printed so that it reads as the same. */
    @FuzzTest
    void isReadOrRefused(byte[] content) {
        TimelineHistory history;
        try {
            history = TimelineHistory.parse(TIMELINE, new String(content, StandardCharsets.ISO_8859_1));
        } catch (MalformedHistoryException e) {
            return;
        }
        assertThat(TimelineHistory.parse(TIMELINE, history.format())).isEqualTo(history);
    }
}
