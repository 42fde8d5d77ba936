package org.pgrewind4j.examples.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestoreOptionsTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));

    private RestoreOptions read(Map<String, String> environment, String... arguments)
            throws OptionException, IOException {
        return RestoreOptions.read(List.of(arguments), environment, log);
    }

    @Test
    void commandLineCountsBeforeEnvironmentAndFileAndStanzaBeforeGlobal() throws Exception {
        Files.writeString(folder.resolve("pgbackrest.conf"), """
                # A comment
                [global]
                repo1-path = /global
                repo2-path=/global
                spool-path=/global
                process-max=2
                start-fast=y
                [global:restore]
                repo2-path=/global-restore
                spool-path=/global-restore
                [main]
                pg1-path=/main
                spool-path=/main
                [other]
                pg1-path=/other
                [main:restore]
                recovery-option=a=1
                recovery-option=b=x=y
                delta=y
                """);
        Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(folder.resolve("conf.d/more.conf"), "[main]\narchive-mode=off");
        Files.writeString(folder.resolve("conf.d/no.txt"), "[main]\narchive-mode=preserve");

        RestoreOptions options = read(
                Map.of("PGBACKREST_REPO1_PATH", "/environment", "PGBACKREST_PROCESS_MAX", "3", "PATH", "/bin"),
                "--config-path=" + folder,
                "--stanza=main",
                "--process-max",
                "4",
                "restore");

        assertThat(options.value("repo-path", 1)).contains("/environment");
        assertThat(options.value("repo-path", 2)).contains("/global-restore");
        assertThat(options.value("spool-path")).contains("/main");
        assertThat(options.value("pg-path")).contains("/main");
        assertThat(options.value("process-max")).contains("4");
        assertThat(options.value("archive-mode")).contains("off");
        assertThat(options.is("delta")).isTrue();
        assertThat(options.map("recovery-option")).isEqualTo(Map.of("a", "1", "b", "x=y"));
        assertThat(options.repositories()).containsExactly(1, 2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void takesOldNamesBeginningsAndNegations() throws Exception {
        RestoreOptions options = read(
                Map.of("PGBACKREST_RECOVERY_OPTION", "a=1:b=2", "PGBACKREST_DELTA", "y"),
                "--no-config",
                "--db-path=/data/",
                "--repo-path=/repository",
                "--no-delta",
                "--stan=main");

        assertThat(options.value("pg-path")).contains("/data");
        assertThat(options.value("repo-path")).contains("/repository");
        assertThat(options.value("stanza")).contains("main");
        assertThat(options.is("delta")).isFalse();
        assertThat(options.map("recovery-option")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(ArchiveGet.command(options))
                .isEqualTo("pgbackrest --no-config --pg1-path=/data/ --repo1-path=/repository --stanza=main"
                        + " archive-get %f \"%p\"");
    }

    /** Environment and files are for all commands of pgBackRest, and its own of these names are for others. */
    @Test
    void ownOptionsAreOfTheCommandLineAlone() throws Exception {
        Path file = folder.resolve("file");
        Files.writeString(file, "[global]\nresume=y\n[main]\nresume=n\n");

        RestoreOptions options = read(
                Map.of("PGBACKREST_RESUME", "y", "PGBACKREST_DRY_RUN", "y", "PGBACKREST_STANZA", "main"),
                "--config=" + file);

        assertThat(options.is("resume")).isFalse();
        assertThat(options.is("dry-run")).isFalse();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(read(Map.of(), "--no-config", "--resume", "--dry-run").is("resume"))
                .isTrue();
        read(Map.of("PGBACKREST_VERIFY", "y"), "--no-config");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("environment contains invalid option 'verify'");
        assertThatThrownBy(() -> read(Map.of(), "--no-config", "--no-resume"))
                .isInstanceOf(OptionException.class)
                .hasMessage("option 'no-resume' cannot be negated");
    }

    /** Else they would go into whatever section the file before ends with. */
    @Test
    void refusesAFileWhoseKeysPrecedeItsSections() throws IOException {
        Files.writeString(folder.resolve("pgbackrest.conf"), "[global]\nprocess-max=1\n[main]\nspool-path=/main\n");
        Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(folder.resolve("conf.d/more.conf"), "pg1-path=/other\n[other]\nspool-path=/other\n");

        assertThatThrownBy(() -> read(Map.of(), "--config-path=" + folder, "--stanza=main"))
                .isInstanceOf(OptionException.class)
                .hasMessage("key/value found outside of section: pg1-path=/other")
                .extracting("status")
                .isEqualTo(ExitStatus.FORMAT);
    }

    @Test
    void warnsOfWhatAFilePassesOver() throws Exception {
        Path file = folder.resolve("file");
        Files.writeString(
                file, "[global]\npg1-path=/data\nno-delta=y\nnothing=1\nset=last\n[global:restore]\nstart-fast=y\n");

        read(Map.of("PGBACKREST_NOTHING", "1"), "--config=" + file, "--no-log-timestamp");

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(
                        "environment contains invalid option 'nothing'",
                        "contains stanza-only option 'pg1-path' in global section 'global'",
                        "contains negate option 'no-delta'",
                        "contains invalid option 'nothing'",
                        "contains command-line only option 'set'",
                        "contains option 'start-fast' invalid for section 'global:restore'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--repo1-host=db2 | 31 | option 'repo1-host' is not supported here",
                "--pg1-host=db2 | 31 | option 'pg1-host' is not supported here",
                "--repo1-s3-bucket=b | 31 | option 'repo1-s3-bucket' is not supported here",
                "--link-all | 31 | option 'link-all' is not supported here",
                "--link-map=pg_wal=/wal | 31 | option 'link-map' is not supported here",
                "--db-include=db | 31 | option 'db-include' is not supported here",
                "--repo1-type=s3 | 32 | 's3' is not allowed for 'repo1-type' option",
                "--repo1-cipher-pass=x | 31 | option 'repo1-cipher-pass' is not allowed on the command-line",
                "--nothing | 31 | invalid option '--nothing'",
                "--delta=x | 32 | boolean option '--delta' argument must be 'y' or 'n'",
                "--no-force | 31 | option 'no-force' cannot be negated",
                "--repo1-path=x | 32 | 'x' must begin with / for 'repo1-path' option",
                "--process-max=many | 32 | 'many' is not allowed for 'process-max' option",
                "--delta1=y | 31 | invalid option '--delta1=y'",
                "--pg-path=/x | 31 | option 'pg-path' requires an index",
                "--target=1 | 31 | option 'target' not valid without option 'type' in ('lsn', 'name', 'time', 'xid')",
                "backup | 48 | invalid command 'backup'",
                "-D | 31 | option '-D' must begin with --",
                "--stanza | 31 | option '--stanza' requires an argument",
                "--recovery-option=x | 31 | key/value 'x' not valid for 'recovery-option' option",
            })
    void refusesByNameWhatItDoesNotDo(String argument, int status, String message) {
        assertThatThrownBy(() -> read(Map.of(), "--no-config", argument))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith(message)
                .satisfies(
                        e -> assertThat(((OptionException) e).status().code()).isEqualTo(status));
    }

    @Test
    void refusesWhatAFileAsksForThatItDoesNotDo() throws IOException {
        Path file = folder.resolve("file");
        List<String> refused = new ArrayList<>();
        for (String line : List.of("repo1-host=db2", "link-all=y", "db-exclude=db", "repo1-type=gcs")) {
            Files.writeString(file, "[global]\n" + line + "\n");
            try {
                read(Map.of(), "--config=" + file);
            } catch (OptionException e) {
                refused.add(line);
            }
        }
        assertThat(refused).containsExactly("repo1-host=db2", "link-all=y", "db-exclude=db", "repo1-type=gcs");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-28 03:20:41+00, 2026-11-28T03:20:41Z",
        "2026-11-28 03:20:41.123456-0330, 2026-11-28T06:50:41Z",
        "'2026-11-28 03:20:41,5+05:30', 2026-11-27T21:50:41Z"
    })
    void readsTimesInAnyZone(String text, Instant time) throws OptionException {
        assertThat(BackupChoice.time(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2026-01-01 00:00:00+19", "2026-01-01 00:00:00+00:61", "2026-02-30 00:00:00+00", "yesterday"})
    void refusesTimesThatThereAreNot(String text) {
        assertThatThrownBy(() -> BackupChoice.time(text))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith(
                        "automatic backup set selection cannot be performed with provided time '" + text + "'\n")
                .extracting("status")
                .isEqualTo(ExitStatus.FORMAT);
    }
}
