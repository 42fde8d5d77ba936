package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demonstration with a base backup; {@link ScriptsIT} runs it with pgBackRest. */
@Tag("server")
class RebuildDemoTest {

    @Test
    void rebuildsAnOldPrimaryOfTheOldestReleaseFromABaseBackup() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Story story = new Story(new PrintStream(out, true, StandardCharsets.UTF_8));

        int exitStatus = RebuildDemo.run(story, "--release=9.6", "--base-backup");

        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(exitStatus).as(() -> String.join("\n", lines)).isZero();
        assertThat(lines)
                .contains(
                        "   primary_slot_name = 'old_primary'",
                        "   ok      less than half of a full copy is written",
                        "   ok      the 500 lost orders are gone, and the lost table",
                        "   ok      pg_stat_replication: [[old_primary, streaming]]",
                        "   ok      pg_replication_slots: [[old_primary, physical, t]]")
                .noneMatch(line -> line.contains("FAILED"));
    }
}
