package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
class FailoverDemoTest {

    private static final int SCREEN = 40;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Story story = new Story(new PrintStream(out, true, StandardCharsets.UTF_8));

    @ParameterizedTest
    @CsvSource({"9.6, --release=9.6", "18, --release=18 --crash", "14, --release=14 --crash --live"})
    void tellsAFailoverInWhichAllHolds(String release, String arguments) {
        int exitStatus = FailoverDemo.run(story, arguments.split(" ", -1));

        List<String> lines = lines();
        assertThat(exitStatus).as(() -> String.join("\n", lines)).isZero();
        assertThat(lines)
                .hasSizeLessThan(SCREEN)
                .contains(
                        "5. The plan: REWIND",
                        "   ok      the old primary is a standby now",
                        "   ok      the 500 lost orders are gone, and the lost table",
                        "   ok      the 700 new orders are there",
                        "   ok      an order that the new primary takes now arrives there too",
                        "Both servers are stopped, and their folders removed.")
                .noneMatch(line -> line.contains("FAILED"));
        assertThat(lines).anyMatch(line -> line.startsWith("   ok      account: 99900 rows"));
        String begin = "A failover with PostgreSQL " + release + ", in ";
        assertThat(lines.get(0)).startsWith(begin);
        assertThat(Path.of(lines.get(0).substring(begin.length()))).doesNotExist();
    }

    @Test
    void remembersWhatDoesNotHold() {
        story.check(true, "%,d rows", 1000);
        assertThat(story.allHolds()).isTrue();
        story.check(false, "no rows");
        story.check(true, "one row");

        assertThat(story.allHolds()).isFalse();
        assertThat(lines()).containsExactly("   ok      1,000 rows", "   FAILED  no rows", "   ok      one row");
    }

    @Test
    void refusesAReleaseThatDoesNotExist() {
        assertThat(FailoverDemo.run(story, "--release=8")).isEqualTo(2);
        assertThat(lines()).isEmpty();
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
