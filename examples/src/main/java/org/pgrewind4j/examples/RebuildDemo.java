package org.pgrewind4j.examples;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.PostgresServerBuilder;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.ServerTool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A failover on real servers, after which the old primary is rebuilt from a backup of the new one, as
 * {@code pgbackrest restore --delta} does it: with its recovery settings and a replication slot prepared, so that it streams
 * as soon as it is started. Prints what happens, what it cost, and what a full copy would have cost.
 */
@Command(
        name = "rebuild-demo",
        description =
                "Shows a failover, and the old primary rebuilt from a backup of the new one, on two real PostgreSQL"
                        + " servers.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all that it shows holds", "1:something does not", "2:wrong options"})
final class RebuildDemo implements Callable<Integer> {

    /** The replication slot that waits for the old primary. */
    static final String SLOT = "old_primary";

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
            defaultValue = "15")
    private ServerRelease release = ServerRelease.of("15");

    @Option(
            names = "--base-backup",
            description =
                    "Take a base backup of PostgreSQL's own, also where pgBackRest is installed and knows the release.")
    private boolean baseBackup;

    @Option(names = "--keep", description = "Keep the data directories, the backup and the servers' logs.")
    private boolean keep;

    private final Story story;

    private RebuildDemo(Story story) {
        this.story = story;
    }

    /** Runs the demonstration and ends the JVM with its exit status. */
    public static void main(String[] args) {
        System.exit(run(new Story(System.out), args));
    }

    static int run(Story story, String... args) {
        return Demonstration.execute(new RebuildDemo(story), args);
    }

    @Override
    public Integer call() throws IOException {
        return new Demonstration(story)
                .run(release, keep ? DemoServers.Ending.KEEP_FOLDER : DemoServers.Ending.REMOVE_FOLDER, this::tell);
    }

    /** Where sockets of the servers lie: pgBackRest reaches them by no other way. */
    static Path sockets(Path folder) {
        return folder.resolve("s");
    }

    /** How the rebuilt server reaches the new primary. */
    static String conninfo(PostgresServer primary) {
        return "host=127.0.0.1 port=" + primary.port() + " user=" + PostgresServer.USER
                + " sslmode=disable application_name=" + SLOT;
    }

    private void tell(DemoServers servers) throws IOException {
        story.title("An old primary rebuilt with PostgreSQL %s, in %s", release, servers.folder());
        failOver(servers);
        Optional<Path> program = baseBackup ? Optional.empty() : PgBackRestSource.program(release);
        RebuildSource source =
                program.isPresent() ? PgBackRestSource.of(program.get(), servers) : new BaseBackupSource(servers);
        servers.promoted().execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
        story.step("The new primary is backed up by %s; a slot waits for the old primary.", source.take());
        damage(servers.old());
        rebuild(servers, source);
        new FollowingStory(story, servers.promoted(), servers.old()).tellOfStandby();
        showReplication(servers.promoted());
    }

    private void failOver(DemoServers servers) throws IOException {
        Path sockets = Files.createDirectory(sockets(servers.folder()));
        ServerTool.handOver(sockets);
        servers.start(builder -> settings(builder, sockets), standby -> {
            servers.old().execute("SELECT pg_create_physical_replication_slot('new_primary')");
            useSlot(standby);
        });
        DemoRows.writeSharedPast(servers.old());
        story.step("A primary, and a standby that follows it by streaming replication and a slot of its own:");
        story.line("%,d accounts", DemoRows.ACCOUNTS);
        PostgresServer promoted = servers.promoted();
        promoted.catchUpWith(servers.old());
        promoted.promote();
        // Only from then on does its control file name its new timeline, which pgBackRest looks for.
        promoted.checkpoint();
        DemoRows.writeAbandonedBranch(servers.old());
        DemoRows.writeNewBranch(promoted);
        story.step("The standby is promoted. The old primary does not notice, and both take orders:");
        story.line("old primary: %,d orders, 300 accounts changed, a new table; all to be lost", DemoRows.LOST_ORDERS);
        story.line("new primary: %,d orders, 301 accounts changed, 100 removed", DemoRows.NEW_ORDERS);
    }

    private static PostgresServerBuilder settings(PostgresServerBuilder builder, Path sockets) {
        return builder.setting("archive_mode", "on")
                .setting("archive_command", "true")
                .setting("max_replication_slots", "4")
                .setting("unix_socket_directories", sockets.toString());
    }

    private static void useSlot(PostgresServer standby) {
        if (standby.release().isAtLeast(12)) {
            standby.configure("primary_slot_name", "new_primary");
            return;
        }
        try {
            Path file = standby.dataDirectory().resolve("recovery.conf");
            Files.writeString(file, Files.readString(file) + "primary_slot_name = 'new_primary'\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What no record of the WAL tells of, on top of what diverged. */
    private void damage(PostgresServer old) throws IOException {
        Path table = old.dataDirectory().resolve(old.value("SELECT pg_relation_filepath('account')"));
        old.kill();
        // Only whoever ended it knows that no server works there, on another machine either.
        Files.deleteIfExists(old.dataDirectory().resolve("postmaster.pid"));
        Files.writeString(old.dataDirectory().resolve("base/1/junk"), "junk");
        Files.delete(old.dataDirectory().resolve("global/pg_filenode.map"));
        try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
            file.seek(8192 + 100);
            file.write(new byte[] {1, 2, 3});
        }
        story.step("The old primary is ended with kill -9, and the postmaster.pid that it leaves is removed.");
        story.line("a page is damaged, a file is lost, another is junk");
    }

    private void rebuild(DemoServers servers, RebuildSource source) throws IOException {
        RebuildSource.Cost full = source.restore(servers.folder().resolve("full-copy"));
        PostgresServer old = servers.old();
        RebuildSource.Cost delta = source.restore(old.dataDirectory());
        story.step("The old primary is rebuilt over what it has:");
        story.line("%s", source.command());
        story.line("written: %s in %,d ms; kept: %s", PlanStory.size(delta.written()), delta.millis(), delta.kept());
        story.line("a full copy: %s in %,d ms", PlanStory.size(full.written()), full.millis());
        story.check(delta.written() < full.written() / 2, "less than half of a full copy is written");
        story.check(Files.notExists(old.dataDirectory().resolve("base/1/junk")), "the junk is gone");
        story.step("Its recovery settings are prepared:");
        Path file = old.dataDirectory().resolve(release.isAtLeast(12) ? "postgresql.auto.conf" : "recovery.conf");
        List<String> lines = Files.readAllLines(file);
        lines.subList(
                        lines.lastIndexOf(lines.stream()
                                        .filter(line -> line.startsWith("# Recovery settings generated"))
                                        .reduce("", (first, second) -> second))
                                + 1,
                        lines.size())
                .forEach(line -> story.line("%s", line));
    }

    private void showReplication(PostgresServer primary) {
        story.step("The new primary says:");
        List<List<String>> senders = primary.query("SELECT application_name, state FROM pg_stat_replication");
        story.check(senders.equals(List.of(List.of(SLOT, "streaming"))), "pg_stat_replication: %s", senders);
        List<List<String>> slots =
                primary.query("SELECT slot_name, slot_type, active FROM pg_replication_slots ORDER BY slot_name");
        story.check(slots.equals(List.of(List.of(SLOT, "physical", "t"))), "pg_replication_slots: %s", slots);
    }
}
