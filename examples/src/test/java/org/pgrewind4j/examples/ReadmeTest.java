package org.pgrewind4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.wal.PostgresVersion;

class ReadmeTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String MAIN_JOB = "examples/bin/failover-demo";
    private static final String TESTS = "mvn -B verify";

    @Test
    void showsCodeThatIsCompiledAndRun() throws IOException {
        String program =
                Files.readString(ROOT.resolve("examples/src/main/java/org/pgrewind4j/examples/SmallestRewind.java"));
        String begin = "// @start region=\"readme\"\n";
        String region = program.substring(program.indexOf(begin) + begin.length(), program.indexOf("        // @end"))
                .stripTrailing()
                .stripIndent();

        assertThat(region.lines()).hasSizeBetween(5, 12);
        assertThat(readme()).contains("```java\n" + region + "\n```\n");
    }

    @Test
    void namesCommandsThatAreThereAndRunInCi() throws IOException {
        assertThat(readme()).contains("\n" + MAIN_JOB + "\n", "\n" + TESTS + "\n");
        assertThat(ROOT.resolve(MAIN_JOB)).isExecutable();
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains(TESTS);
    }

    @Test
    void namesEveryModuleAndRelease() throws IOException {
        for (String module : new String[] {"timeline", "wal", "transport", "core", "examples"}) {
            assertThat(readme()).contains("| `" + module + "` |");
        }
        PostgresVersion[] versions = PostgresVersion.values();
        assertThat(readme())
                .contains("%s to %s".formatted(versions[0].release(), versions[versions.length - 1].release()));
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }
}
