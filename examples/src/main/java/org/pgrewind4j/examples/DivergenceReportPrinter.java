package org.pgrewind4j.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.report.DivergenceReport;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what is lost when an old primary is rewound to a new one. Changes nothing but the file that it is told to write. */
@Command(
        name = "divergence-report",
        description = "Tells what is lost when an old primary is rewound to a new one: transactions, rows, relations."
                + " Both servers must be stopped; nothing is changed.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:nothing was committed on the old primary alone",
            "1:no report could be made",
            "2:wrong options",
            "3:transactions would be lost, and the report was printed or written",
            "4:what would be lost cannot be told, and the report, which says why, was printed or written"
        })
final class DivergenceReportPrinter implements Callable<Integer> {

    private static final int NOT_MADE = 1;
    private static final int LOSES = 3;
    private static final int CANNOT_BE_TOLD = 4;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this text.")
    @SuppressWarnings("unused") // It is read where it is parsed.
    private boolean help;

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the report as one HTML page.")
    private @Nullable Path page;

    @Parameters(index = "0", paramLabel = "OLD", description = "The old primary's data directory.")
    private Path old = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The new primary's data directory.")
    private Path promoted = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Prints the report and ends the JVM with an exit status. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new DivergenceReportPrinter())
                .setExecutionExceptionHandler(DivergenceReportPrinter::failed);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult options) throws Exception {
        if (e instanceof PgRewindException || e instanceof IOException) {
            command.getErr().println("divergence-report: error: " + PgRewindException.describe(e));
            return command.getCommandSpec().exitCodeOnExecutionException();
        }
        throw e;
    }

    @Override
    public Integer call() throws IOException {
        try (Transport source = LocalDirectoryTransport.open(promoted)) {
            Rewind rewind = Rewind.of(old).from(source);
            Optional<DivergenceReport> report = rewind.lost();
            if (report.isEmpty()) {
                return withoutReport(rewind.examine().verdict());
            }
            print(report.get());
            return switch (report.get().loss()) {
                case NOTHING -> 0;
                case TRANSACTIONS -> LOSES;
                case UNKNOWN -> CANNOT_BE_TOLD;
            };
        }
    }

    private int withoutReport(Verdict verdict) {
        PrintWriter err = spec.commandLine().getErr();
        if (verdict.losesNothing()) {
            err.println("divergence-report: the old primary has nothing of its own");
            return 0;
        }
        err.println(
                "divergence-report: error: what the old primary has of its own cannot be told; rewind-plan says why");
        return NOT_MADE;
    }

    private void print(DivergenceReport report) throws IOException {
        if (page != null) {
            Files.writeString(page, report.toHtml());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? report.toJson() : report.toText());
        out.flush();
    }
}
