package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.live.LiveServerException;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Names of files are bytes: right in any locale, or refused before anything is touched. */
@Tag("server")
class FileNamesTest {

    private static DivergedPair pair;

    @BeforeAll
    static void diverge() {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.newest()).withChecksums().initdbOption("--encoding=UTF8"));
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @AfterEach
    void closeCopies() {
        pair.closeCopies();
    }

    /** Makes a file whose name is given by octal escapes, for Java has no way to name it. */
    private static void create(Path directory, String name) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder(
                        "sh", "-c", "cd \"$1\" && : > \"$(printf '" + name + "')\"", "sh", directory.toString())
                .inheritIO()
                .start();
        assertThat(shell.waitFor()).isZero();
    }

    private static Transport live(PostgresServer server, String database) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        return LiveServerTransport.ofJdbcUrl(server.jdbcUrl(database), login).open();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void namesOfAnyLanguageAreRightOrRefused(String locale) throws Exception {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        create(source.dataDirectory(), "\\303\\274ber");
        String before = TreeState.contents(target.dataDirectory()).toString();

        Result result = rewind(target, source, locale);

        if (locale.equals("C") && result.encoding().startsWith("ANSI")) {
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.printed())
                    .contains(
                            "unsafe path \"%C3%BCber\": not text in this JVM's encoding of file names, ANSI_X3.4-1968\n"
                                    + "HINT: start the JVM in a UTF-8 locale, as with LC_ALL=C.UTF-8.");
            assertThat(TreeState.contents(target.dataDirectory())).hasToString(before);
        } else {
            assertThat(result.exitCode()).as(result.printed()).isZero();
            assertThat(target.dataDirectory().resolve("über")).exists();
        }
    }

    /** What a process of its own said, and how it reads names. */
    private record Result(int exitCode, String encoding, String printed) {}

    private static Result rewind(PostgresServer target, PostgresServer source, String locale) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(JavaProcess.command(
                        FileNamesTest.class,
                        target.dataDirectory().toString(),
                        source.dataDirectory().toString()))
                .redirectErrorStream(true);
        builder.environment().putAll(Map.of("LC_ALL", locale));
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String encoding = printed.lines()
                .filter(line -> line.startsWith("encoding "))
                .map(line -> line.substring("encoding ".length()))
                .findFirst()
                .orElseThrow();
        return new Result(process.waitFor(), encoding, printed);
    }

    /** The process itself. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("encoding " + System.getProperty("sun.jnu.encoding"));
        try (LocalDirectoryTransport source = LocalDirectoryTransport.open(Path.of(arguments[1]))) {
            Rewind.of(Path.of(arguments[0]))
                    .from(source)
                    .durability(Durability.NO_SYNC)
                    .plan()
                    .execute();
        } catch (PgRewindException e) {
            out.println(e.getMessage());
            System.exit(1);
        }
    }

    @Test
    void nameThatIsNoTextIsRefusedUnlessItIsOfNoInterest() throws Exception {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        create(target.dataDirectory().resolve("pg_stat_tmp"), "\\377");
        create(target.dataDirectory().resolve("pg_stat_tmp"), "two\\nlines");
        try (LocalDirectoryTransport from = LocalDirectoryTransport.open(source.dataDirectory())) {
            Rewind rewind = Rewind.of(target.dataDirectory()).from(from);
            assertThat(rewind.plan().verdict()).isEqualTo(Verdict.REWIND);

            create(target.dataDirectory().resolve("base"), "\\377");

            assertThatThrownBy(rewind::plan)
                    .isInstanceOf(UnsafePathException.class)
                    .hasMessage("unsafe path \"base/%FF\": not text in this JVM's encoding of file names, UTF-8\n"
                            + "HINT: rename or remove that file.");
        }
    }

    @Test
    void nameThatAServerCannotSendIsRefused() throws Exception {
        PostgresServer target = pair.copyOfTarget();
        PostgresServer source = pair.copyOfSource();
        source.start();
        source.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        create(source.dataDirectory(), "\\303\\274ber");
        try (Transport from = live(source, "latin")) {
            assertThatThrownBy(
                            () -> Rewind.of(target.dataDirectory()).from(from).plan())
                    .isInstanceOf(UnsafePathException.class)
                    .hasMessageEndingWith(": the name is not ASCII, and the database that is connected to has another"
                            + " encoding than UTF8\nHINT: connect to a database whose encoding is UTF8, or rename or"
                            + " remove that file on the source.");
        }
        try (Transport from = live(source, "postgres")) {
            assertThat(Rewind.of(target.dataDirectory()).from(from).plan().actions())
                    .anyMatch(action -> action.path().toString().equals("über"));

            create(source.dataDirectory(), "bad\\377");

            assertThatThrownBy(
                            () -> Rewind.of(target.dataDirectory()).from(from).plan())
                    .isInstanceOf(UnsafePathException.class)
                    .hasMessage(
                            "unsafe path \"bad\u00FF\": not text in UTF-8 (its bytes are shown as characters)\nHINT:"
                                    + " rename or remove that file on the source.");
        }
    }

    @Test
    void textsOfAServerStayWithinTheirLine() throws IOException {
        PostgresServer source = pair.copyOfSource();
        source.start();
        assertThatThrownBy(() -> live(source, "no\u001B[31m\nHINT: such"))
                .isInstanceOf(LiveServerException.class)
                .hasMessageContaining("database \"no\\u001B[31m\\u000AHINT: such\" does not exist")
                .satisfies(e -> assertThat(e.getCause().getMessage()).doesNotContain("\u001B"));
    }
}
