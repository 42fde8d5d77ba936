package org.pgrewind4j.examples.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.testserver.Oracle;
import org.pgrewind4j.testserver.ServerRelease;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be chosen of every comparison. */
final class ComparisonOptions {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this text.")
    @SuppressWarnings("unused") // It is read where it is parsed.
    private boolean help;

    @Option(
            names = "--bin",
            paramLabel = "DIRECTORY",
            description = "The folder of PostgreSQL's programs, of any release from 10 on."
                    + " Default: that of an installed PostgreSQL 15.")
    private @Nullable Path bin;

    @Option(
            names = "--folder",
            description = "Where data directories are made and kept. Default: ${DEFAULT-VALUE}.",
            defaultValue = "target/bench")
    private Path folder = Path.of("");

    @Option(names = "--rounds", description = "How many rounds. Default: ${DEFAULT-VALUE}.", defaultValue = "7")
    private int rounds;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    ServerRelease release() {
        return bin != null
                ? ServerRelease.installedIn(bin)
                : ServerRelease.installed15()
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "PostgreSQL 15's programs are not installed: name a folder of programs with --bin"));
    }

    Oracle tools() {
        return Oracle.in(release().bin());
    }

    Path folder() {
        return folder;
    }

    int rounds() {
        return rounds;
    }
}
