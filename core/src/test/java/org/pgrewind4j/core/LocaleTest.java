package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.live.LiveServerTransport;

/** A JVM whose language has digits of its own and other letters: what it sends, writes and prints is the same. */
@Tag("server")
class LocaleTest {

    /** Persian writes other digits than these, Turkish has another lower case of {@code I}. */
    private static final List<String> PERSIAN = language("fa", "IR");

    private static final List<String> TURKISH = language("tr", "TR");

    private static List<String> language(String language, String country) {
        return List.of(
                "-Duser.language=" + language,
                "-Duser.country=" + country,
                // The time of a line is the logger's own affair.
                "-Djava.util.logging.SimpleFormatter.format=%4$s: %5$s%n");
    }

    static List<ServerRelease> releases() {
        return List.of(ServerRelease.of("9.6"), ServerRelease.newest());
    }

    @ParameterizedTest
    @MethodSource("releases")
    void rewindsFromALiveServerInAnyLanguage(ServerRelease release) throws Exception {
        try (Failover failover =
                Failover.of(PostgresServer.builder(release).withChecksums().build())) {
            PostgresServer old = failover.primary();
            old.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 1000) AS g");
            PostgresServer promoted = failover.promoteStandby();
            old.execute("UPDATE t SET id = -id");
            promoted.execute("DELETE FROM t WHERE id > 900");
            old.kill();

            try (PostgresServer other = old.copy()) {
                assertThat(rewind(TURKISH, other, promoted)).isEqualTo(rewind(PERSIAN, old, promoted));
            }
            old.standbyOf(promoted);
            old.start();
            old.catchUpWith(promoted);

            assertThat(old.value("SELECT count(*) FROM t WHERE id > 0")).isEqualTo("900");
        }
    }

    /** What the process printed, its paths left out. */
    private static String rewind(List<String> language, PostgresServer target, PostgresServer source)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(JavaProcess.command(
                        language, LocaleTest.class, target.dataDirectory().toString(), source.jdbcUrl("postgres")))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).matches("[\\n -~]+");
        // The source runs, and continues between the two.
        return printed.replace(target.dataDirectory().toString(), "")
                .replaceAll("[0-9]+ bytes copied", "")
                .replaceAll("(replay from \\S+ to) [0-9A-F]+/[0-9A-F]+", "$1");
    }

    /** The process itself: rewinds, and prints what the plan says. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (LiveServerTransport source =
                LiveServerTransport.ofJdbcUrl(arguments[1], login).open()) {
            RewindPlan plan = Rewind.of(Path.of(arguments[0]))
                    .from(source)
                    .durability(Durability.NO_SYNC)
                    .verify(Verify.RESULT)
                    .plan();
            JsonSchemas.assertValid(plan);
            plan.problems().forEach(out::println);
            plan.execute();
            out.println(plan.divergence() + ", " + plan.actions().size() + " actions");
        }
    }
}
