package org.pgrewind4j.examples;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.ForkName;
import org.pgrewind4j.wal.record.BlockReference;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Prints WAL of any release as {@code pg_waldump} does, without the description of each record. It goes over timeline
 * switches where the directory has the history file.
 */
@Command(
        name = "waldump",
        description = "Prints WAL of any release as pg_waldump does, without the description of each record.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all that was asked for was printed",
            "1:WAL ends before, as it always does without an end or a limit: the error says where and why",
            "2:wrong options"
        })
final class Waldump implements Callable<Integer> {

    private static final int RECORD_HEADER = 24;
    private static final int PAGE = 8192;
    private static final int BUFFER = 1 << 16;

    @Option(
            names = {"-?", "-h", "--help"},
            usageHelp = true,
            description = "Print this text.")
    @SuppressWarnings("unused") // It is read where it is parsed.
    private boolean help;

    @Option(
            names = {"-p", "--path"},
            paramLabel = "PATH",
            description = "A directory of segments, or a data directory. Default: the current one.")
    private Path path = Path.of("");

    @Option(
            names = {"-s", "--start"},
            paramLabel = "LSN",
            description = "Print from here on. Default: the first segment that is there.")
    private @Nullable Lsn start;

    @Option(
            names = {"-e", "--end"},
            paramLabel = "LSN",
            description = "Print records that end here or before. Default: the end of WAL.")
    private @Nullable Lsn end;

    @Option(
            names = {"-t", "--timeline"},
            paramLabel = "TIMELINE",
            description = "The timeline to read up to. Default: the newest one that is there.")
    private @Nullable TimelineId timeline;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "Print so many records at most.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = {"-r", "--rmgr"},
            paramLabel = "NAME",
            description = "Print only this resource manager's records; may be repeated. The name list prints all.")
    private List<String> managers = List.of();

    @Option(
            names = {"-b", "--bkp-details"},
            description = "Print each block on a line of its own, with its image.")
    private boolean blockDetails;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print nothing but errors.")
    private boolean quiet;

    @Option(
            names = {"-z", "--stats"},
            arity = "0..1",
            fallbackValue = "RMGR",
            paramLabel = "rmgr|record",
            description = "Print how many records of each kind there are instead of the records.")
    private WalStatistics.By statistics = WalStatistics.By.NOTHING;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "STARTSEG",
            description = "A segment's file: print what is in it, or from it up to the end that is given.")
    private @Nullable Path startSegment;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "ENDSEG",
            description = "The file of the last segment to print.")
    private @Nullable Path endSegment;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Prints the records and ends the JVM with an exit status. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Waldump())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Lsn.class, Lsn::parse)
                .registerConverter(TimelineId.class, number -> new TimelineId(Long.parseLong(number)))
                .setExecutionExceptionHandler(Waldump::failed);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult options) throws Exception {
        if (!(e instanceof PgRewindException) && !(e instanceof IOException)) {
            throw e;
        }
        command.getErr().println("waldump: error: " + e.getMessage());
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    @Override
    public Integer call() throws IOException {
        if (managers.contains("list")) {
            ResourceManager.builtIn().forEach(spec.commandLine().getOut()::println);
            return 0;
        }
        Set<ResourceManager> wanted = wanted();
        WalDirectory wal = WalDirectory.find(directory());
        if (startSegment != null) {
            restrict(startSegment, wal.segmentSize());
        }
        Lsn first = start == null ? wal.begin() : start;
        PrintWriter out = new PrintWriter(new BufferedWriter(spec.commandLine().getOut(), BUFFER));
        try (WalReader reader = wal.reader(first, Optional.ofNullable(timeline))) {
            EndOfWal ended = print(wal, reader, first, wanted, out);
            return ended == null ? 0 : reportEnd(ended, first);
        } finally {
            out.flush();
        }
    }

    /** A file that is named with its directory says where to look. */
    private Path directory() {
        Path parent = startSegment == null ? null : startSegment.getParent();
        return parent == null ? path : parent;
    }

    private void restrict(Path first, int segmentSize) {
        SegmentFiles files = SegmentFiles.of(first, endSegment, start, end, segmentSize);
        start = files.start();
        end = files.end();
        timeline = timeline == null ? files.timeline() : timeline;
    }

    private Set<ResourceManager> wanted() {
        Set<ResourceManager> wanted = new HashSet<>();
        for (String name : managers) {
            wanted.add(ResourceManager.named(name)
                    .orElseThrow(() -> new CommandLine.ParameterException(
                            spec.commandLine(), "resource manager \"" + name + "\" does not exist")));
        }
        return wanted;
    }

    /** The end of WAL if reading came to it, or null if all was printed that was asked for. */
    private @Nullable EndOfWal print(
            WalDirectory wal, WalReader reader, Lsn first, Set<ResourceManager> wanted, PrintWriter out)
            throws IOException {
        WalStatistics counted = new WalStatistics(statistics);
        Optional<WalRecord> next = reader.next();
        if (next.isPresent()) {
            reportSkipped(wal, first, next.get().begin(), out);
            counted.begin(next.get().begin());
        }
        long printed = 0;
        while (next.isPresent() && printed < limit && isWithin(next.get())) {
            WalRecord record = next.get();
            if (wanted.isEmpty() || wanted.contains(record.resourceManager())) {
                printed++;
                counted.add(record);
                if (statistics == WalStatistics.By.NOTHING && !quiet) {
                    print(record, out);
                }
            }
            next = reader.next();
        }
        if (!quiet) {
            counted.print(out);
        }
        return next.isPresent() || printed == limit ? null : reader.end();
    }

    /** Someone who names a segment's start knows that a record may reach into it. */
    private static void reportSkipped(WalDirectory wal, Lsn start, Lsn first, PrintWriter out) {
        long skipped = first.minus(start);
        if (skipped != 0 && start.value() % wal.segmentSize() != 0) {
            out.printf(
                    Locale.ROOT,
                    "first record is after %s, at %s, skipping over %d %s%n",
                    start,
                    first,
                    skipped,
                    skipped == 1 ? "byte" : "bytes");
        }
    }

    /** Whether no byte of the record lies at the end that was asked for, or behind. */
    private boolean isWithin(WalRecord record) {
        Lsn untilHere = record.begin().plus(record.totalLength());
        boolean isOnOnePage = record.begin().value() % PAGE + record.totalLength() <= PAGE;
        return end == null || !(isOnOnePage ? untilHere : record.end()).isAfter(end);
    }

    private void print(WalRecord record, PrintWriter out) {
        out.print(record);
        if (blockDetails) {
            out.print('\n');
            record.blocks().forEach(block -> out.print("\t" + block + "\n"));
        } else {
            record.blocks().forEach(block -> out.print(shortly(block)));
            out.print('\n');
        }
    }

    private static String shortly(BlockReference block) {
        String fork = block.fork() == ForkName.MAIN ? "" : " fork " + block.fork();
        String image = block.image()
                .map(full -> full.isApplied() ? " FPW" : " FPW for WAL verification")
                .orElse("");
        return ", blkref #" + block.id() + ": rel " + block.relation() + fork + " blk " + block.block() + image;
    }

    private int reportEnd(EndOfWal ended, Lsn first) {
        // A record of which not even the header lies before the end was not asked for.
        if (end != null && ended.position().plus(RECORD_HEADER).isAfter(end)) {
            return 0;
        }
        // Nor was one that continues behind it, where there need not be WAL.
        if (end != null
                && ended.reason() == EndOfWal.Reason.MISSING_SEGMENT
                && !ended.segment().begin().isBefore(end)) {
            return 0;
        }
        String text = switch (ended.reason()) {
            case MISSING_SEGMENT, SHORT_SEGMENT -> ended.detail();
            default ->
                ended.lastRecordBegin().isValid()
                        ? "error in WAL record at " + ended.lastRecordBegin() + ": " + ended.detail()
                        : "could not find a valid record after " + first + ": " + ended.detail();
        };
        spec.commandLine().getErr().println("waldump: error: " + text);
        return 1;
    }
}
