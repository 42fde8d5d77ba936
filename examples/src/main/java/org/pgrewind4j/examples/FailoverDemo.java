package org.pgrewind4j.examples;

import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.testserver.TestServerException;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A failover on real servers: the standby is promoted while the old primary goes on writing; the old primary is rewound
 * and follows the new one. Prints what happens, and checks that lost rows are gone and new rows are there.
 */
@Command(
        name = "failover-demo",
        description = "Shows a failover, what diverges, and a rewind, on two real PostgreSQL servers.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all that it shows holds", "1:something does not", "2:wrong options"})
final class FailoverDemo implements Callable<Integer> {

    /** Held, so that its level stays. */
    private static final Logger LIBRARY = Logger.getLogger("org.pgrewind4j");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this text.")
    @SuppressWarnings("unused") // It is read where it is parsed.
    private boolean help;

    @Option(
            names = "--release",
            paramLabel = "RELEASE",
            description = "PostgreSQL release: 9.6, 10, 11 ... 18. Default: ${DEFAULT-VALUE}.",
            defaultValue = "17")
    private ServerRelease release = ServerRelease.of("17");

    @Option(names = "--crash", description = "End the old primary with kill -9 instead of stopping it.")
    private boolean crash;

    @Option(names = "--live", description = "Read the new primary while it runs, instead of from its directory.")
    private boolean live;

    @Option(names = "--keep", description = "Keep both data directories and the servers' logs.")
    private boolean keep;

    private final Story story;

    private FailoverDemo(Story story) {
        this.story = story;
    }

    /** Runs the demonstration and ends the JVM with its exit status. */
    public static void main(String[] args) {
        System.exit(run(new Story(System.out), args));
    }

    static int run(Story story, String... args) {
        CommandLine command = new CommandLine(new FailoverDemo(story));
        command.registerConverter(ServerRelease.class, FailoverDemo::release);
        command.setExecutionExceptionHandler(FailoverDemo::failed);
        return command.execute(args);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult options) throws Exception {
        if (e instanceof TestServerException || e instanceof PgRewindException) {
            command.getErr().println("FAILED: " + e.getMessage());
        } else {
            throw e;
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    private static ServerRelease release(String name) {
        try {
            return ServerRelease.of(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    @Override
    public Integer call() throws IOException {
        LIBRARY.setLevel(Level.WARNING);
        DemoServers servers =
                DemoServers.of(release, keep ? DemoServers.Ending.KEEP_FOLDER : DemoServers.Ending.REMOVE_FOLDER);
        try (servers) {
            try {
                tell(servers);
            } catch (IOException | RuntimeException | Error e) {
                if (!servers.isEndedBySignal()) {
                    throw e;
                }
                // Said while the servers are open: once they are closed, the JVM ends at any moment.
                story.title("Interrupted.");
                return 1;
            }
        }
        story.title(
                keep
                        ? "Both servers are stopped; kept: " + servers.folder()
                        : "Both servers are stopped, and their folders removed.");
        return story.allHolds() ? 0 : 1;
    }

    private void tell(DemoServers servers) throws IOException {
        story.title("A failover with PostgreSQL %s, in %s", release, servers.folder());
        failOver(servers);
        Map<String, String> names = DemoRows.namesByPath(servers.old());
        stop(servers);
        rewind(servers, names);
        if (!live) {
            servers.promoted().start();
        }
        new FollowingStory(story, servers.promoted(), servers.old()).tell();
    }

    private void failOver(DemoServers servers) {
        servers.start();
        DemoRows.writeSharedPast(servers.old());
        story.step("A primary, and a standby that follows it by streaming replication. Their shared past:");
        story.line("%,d accounts, 10 %% of them changed since the last checkpoint", DemoRows.ACCOUNTS);
        PostgresServer promoted = servers.promoted();
        promoted.catchUpWith(servers.old());
        promoted.promote();
        DemoRows.writeAbandonedBranch(servers.old());
        DemoRows.writeNewBranch(promoted);
        story.step("The standby is promoted. The old primary does not notice, and both take orders:");
        story.line("old primary: %,d orders, 300 accounts changed, a new table; all to be lost", DemoRows.LOST_ORDERS);
        story.line("new primary: %,d orders, 301 accounts changed, 100 removed", DemoRows.NEW_ORDERS);
    }

    private void stop(DemoServers servers) {
        String how = crash ? "ended with kill -9" : "stopped";
        if (crash) {
            servers.old().kill();
        } else {
            servers.old().stop(StopMode.FAST);
        }
        if (live) {
            story.step("The old primary is %s; the new one goes on, and is read while it runs.", how);
        } else {
            servers.promoted().stop(StopMode.FAST);
            story.step("The old primary is %s; the new one is stopped, as it is read from its directory.", how);
        }
    }

    private Transport source(PostgresServer promoted) throws IOException {
        if (!live) {
            return LocalDirectoryTransport.open(promoted.dataDirectory());
        }
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        return LiveServerTransport.ofJdbcUrl(promoted.jdbcUrl("postgres"), login)
                .open();
    }

    private void rewind(DemoServers servers, Map<String, String> names) throws IOException {
        try (Transport source = source(servers.promoted())) {
            Rewind rewind = Rewind.of(servers.old().dataDirectory()).from(source);
            RewindPlan plan = rewind.plan();
            if (plan.verdict() != Verdict.REWIND) {
                throw new IllegalStateException("expected a rewind, found " + plan.verdict() + ": " + plan.problems());
            }
            RewindPlan sinceCheckpoint =
                    rewind.blockSelection(BlockSelection.SINCE_CHECKPOINT).plan();
            new PlanStory(story, plan, names)
                    .tell(sinceCheckpoint, source.replayEnd().timeline());
            RewindReport report = plan.execute();
            story.step("Rewound in %d ms.", PlanStory.millis(report));
            story.check(
                    report.verdict() == Verdict.REWIND,
                    "the report says so: %,d bytes taken",
                    report.bytes().total());
        }
    }
}
