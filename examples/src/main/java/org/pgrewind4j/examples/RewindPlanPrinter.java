package org.pgrewind4j.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints as JSON what a rewind would do, or why it may not. Changes nothing. */
@Command(
        name = "rewind-plan",
        description = "Prints as JSON what a rewind would do, or why it may not. Changes nothing.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:a plan was printed",
            "1:no plan could be made",
            "2:wrong options",
            "3:a plan was printed, and its verdict is REFUSED"
        })
final class RewindPlanPrinter implements Callable<Integer> {

    private static final int REFUSED = 3;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this text.")
    @SuppressWarnings("unused") // It is read where it is parsed.
    private boolean help;

    @Option(
            names = {"-D", "--target-pgdata"},
            paramLabel = "DIRECTORY",
            required = true,
            description = "The data directory to be rewound; no server may run on it.")
    private Path target = Path.of("");

    @Option(
            names = "--source-pgdata",
            paramLabel = "DIRECTORY",
            required = true,
            description = "The new primary's data directory; its server must be stopped.")
    private Path source = Path.of("");

    @Option(
            names = "--block-selection",
            paramLabel = "RULE",
            description = "Which blocks are copied: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "MINIMAL")
    private BlockSelection blockSelection = BlockSelection.MINIMAL;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Prints the plan and ends the JVM with an exit status. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new RewindPlanPrinter()).setExecutionExceptionHandler(RewindPlanPrinter::failed);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult options) throws Exception {
        if (e instanceof PgRewindException) {
            command.getErr().println(e.getMessage());
        } else if (e instanceof IOException) {
            RewindPlanPrinter printer = command.getCommand();
            command.getErr()
                    .println("cannot read the source \"" + printer.source + "\": " + PgRewindException.describe(e));
        } else {
            throw e;
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    @Override
    public Integer call() throws IOException {
        try (Transport transport = LocalDirectoryTransport.open(source)) {
            RewindPlan plan = Rewind.of(target)
                    .from(transport)
                    .blockSelection(blockSelection)
                    .plan();
            PrintWriter out = spec.commandLine().getOut();
            out.print(plan.toJson());
            out.flush();
            return plan.verdict() == Verdict.REFUSED ? REFUSED : 0;
        }
    }
}
