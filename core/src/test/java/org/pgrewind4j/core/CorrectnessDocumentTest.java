package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code CORRECTNESS.md} and {@code ARCHITECTURE.md} name is there. */
final class CorrectnessDocumentTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+?)(\\.\\.\\.)?)?`");
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)(?:\\.\\w+)?`");
    private static final Pattern CLAIM = Pattern.compile("\\| \\d+\\.\\d+ \\|.*");

    private static final Map<String, Path> SOURCES = new HashMap<>();

    @BeforeAll
    static void findSources() throws IOException {
        for (String module : List.of("timeline", "wal", "transport", "core", "examples")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file ->
                                SOURCES.put(file.getFileName().toString().replace(".java", ""), file));
            }
        }
    }

    private static String document(String name) throws IOException {
        return Files.readString(ROOT.resolve("core").resolve(name));
    }

    @Test
    void testsAreThere() throws IOException {
        Matcher test = TEST.matcher(document("CORRECTNESS.md"));
        int tests = 0;
        for (; test.find(); tests++) {
            assertThat(SOURCES).containsKey(test.group(1));
            if (test.group(2) != null) {
                String method = "void " + test.group(2) + (test.group(3) == null ? "(" : "");
                assertThat(SOURCES.get(test.group(1))).content().contains(method);
            }
        }
        assertThat(tests).isPositive();
    }

    @Test
    void classesThatRelyOnAClaimAreThere() throws IOException {
        List<String> claims = document("CORRECTNESS.md")
                .lines()
                .filter(line -> CLAIM.matcher(line).matches())
                .toList();
        assertThat(claims).isNotEmpty();
        for (String claim : claims) {
            List<String> cells = Splitter.on('|').splitToList(claim);
            assertThat(namesIn(cells.get(4)))
                    .as(claim)
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(SOURCES).containsKey(name));
        }
    }

    @Test
    void classesOfTheMapAreThere() throws IOException {
        assertThat(namesIn(document("ARCHITECTURE.md")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(SOURCES).containsKey(name));
    }

    private static List<String> namesIn(String text) {
        return NAME.matcher(text).results().map(found -> found.group(1)).toList();
    }
}
