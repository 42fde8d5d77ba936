package org.pgrewind4j.examples;

import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.RewindReport;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A failover on real servers: the standby is promoted while the old primary keeps writing; the old primary is rewound
 * and follows the new one. Prints what happens, and checks that lost rows are gone and new rows are there.
 */
@Command(
        name = "failover-demo",
        description = "Shows a failover, what diverges, and a rewind, on two real PostgreSQL servers.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all that it shows holds", "1:something does not", "2:wrong options"})
final class FailoverDemo implements Callable<Integer> {

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
        return Demonstration.execute(new FailoverDemo(story), args);
    }

    @Override
    public Integer call() throws IOException {
        return new Demonstration(story)
                .run(release, keep ? DemoServers.Ending.KEEP_FOLDER : DemoServers.Ending.REMOVE_FOLDER, this::tell);
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
            story.step("The old primary is %s; the new one keeps running, and is read while it runs.", how);
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
