package org.pgrewind4j.examples.pgrewind;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Compare;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Verify;

/**
 * What the command line asks for: {@code pg_rewind}'s options of release 18, and some of our own. Help and version are
 * options only in the first place, and are not seen here.
 */
final class Options {

    private static final String RESTORE_TARGET_WAL = "restore-target-wal";
    private static final String TARGET = "target-pgdata";
    private static final String SOURCE_DIRECTORY = "source-pgdata";
    private static final String SOURCE_SERVER = "source-server";
    private static final String DRY_RUN = "dry-run";
    private static final String NO_SYNC = "no-sync";
    private static final String PROGRESS = "progress";
    private static final String WRITE_RECOVERY_CONF = "write-recovery-conf";
    private static final String CONFIG_FILE = "config-file";
    private static final String DEBUG = "debug";
    private static final String NO_ENSURE_SHUTDOWN = "no-ensure-shutdown";
    private static final String SYNC_METHOD = "sync-method";
    private static final String BLOCK_SELECTION = "block-selection";
    private static final String COMPARE = "compare";
    private static final String JOBS = "jobs";
    private static final String JSON = "json";
    private static final String REPORT = "report";
    private static final String RESTORE_TIMEOUT = "restore-timeout";
    private static final String RESUME = "resume";
    private static final String SALVAGE = "salvage";
    private static final String STATEMENT_TIMEOUT = "statement-timeout";
    private static final String TABLESPACE_MAPPING = "tablespace-mapping";
    private static final String TABLESPACE_ROOT = "tablespace-root";
    private static final String TIMEOUT = "timeout";
    private static final String VERIFY = "verify";
    private static final String WAL_ARCHIVE = "wal-archive";

    private static final List<String> FLAGS = List.of(
            RESTORE_TARGET_WAL,
            DRY_RUN,
            NO_SYNC,
            PROGRESS,
            WRITE_RECOVERY_CONF,
            DEBUG,
            NO_ENSURE_SHUTDOWN,
            JSON,
            RESUME,
            VERIFY);

    private static final List<String> WITH_VALUE = List.of(
            TARGET,
            SOURCE_DIRECTORY,
            SOURCE_SERVER,
            CONFIG_FILE,
            SYNC_METHOD,
            BLOCK_SELECTION,
            COMPARE,
            JOBS,
            REPORT,
            RESTORE_TIMEOUT,
            SALVAGE,
            STATEMENT_TIMEOUT,
            TABLESPACE_MAPPING,
            TABLESPACE_ROOT,
            TIMEOUT,
            WAL_ARCHIVE);

    /** The original does not have them, so they must not make its abbreviations ambiguous. */
    private static final Set<String> OWN = Set.of(
            JSON,
            RESUME,
            VERIFY,
            BLOCK_SELECTION,
            COMPARE,
            JOBS,
            REPORT,
            RESTORE_TIMEOUT,
            SALVAGE,
            STATEMENT_TIMEOUT,
            TABLESPACE_MAPPING,
            TABLESPACE_ROOT,
            TIMEOUT,
            WAL_ARCHIVE);

    private static final Map<Character, String> LETTERS = Map.of(
            'c', RESTORE_TARGET_WAL, 'D', TARGET, 'n', DRY_RUN, 'N', NO_SYNC, 'P', PROGRESS, 'R', WRITE_RECOVERY_CONF);

    private static final int MOST_JOBS = 64;
    private static final int MOST_SECONDS = 1_000_000;

    private final CommandLine line;

    private Options(CommandLine line) {
        this.line = line;
    }

    /**
     * Reads a command line.
     *
     * @throws UsageException if it cannot be meant so
     */
    static Options parse(String... arguments) throws UsageException {
        Map<String, Boolean> names = new TreeMap<>();
        for (String flag : FLAGS) {
            names.put(flag, false);
        }
        for (String option : WITH_VALUE) {
            names.put(option, true);
        }
        Options options = new Options(CommandLine.parse(names, OWN, LETTERS, List.of(arguments)));
        options.check();
        return options;
    }

    private boolean has(String option) {
        return line.has(option);
    }

    private Optional<String> value(String option) {
        return line.value(option);
    }

    private void check() throws UsageException {
        String syncMethod = value(SYNC_METHOD).orElse("fsync");
        if (!List.of("fsync", "syncfs").contains(syncMethod)) {
            throw error("unrecognized sync method: " + syncMethod);
        }
        if (!has(SOURCE_DIRECTORY) && !has(SOURCE_SERVER) && !has(RESUME)) {
            throw error("no source specified (--source-pgdata or --source-server)");
        }
        if (has(SOURCE_DIRECTORY) && has(SOURCE_SERVER)) {
            throw error("only one of --source-pgdata or --source-server can be specified");
        }
        if (!has(TARGET)) {
            throw error("no target data directory specified (--target-pgdata)");
        }
        if (has(WRITE_RECOVERY_CONF) && !has(SOURCE_SERVER)) {
            throw error("no source server information (--source-server) specified for --write-recovery-conf");
        }
        if (!line.operands().isEmpty()) {
            throw error("too many command-line arguments (first is \""
                    + line.operands().get(0) + "\")");
        }
        blockSelection();
        compare();
        jobs();
        report();
        restoreTimeout();
        statementTimeout();
        tablespaces();
        timeout();
    }

    private static UsageException error(String message) {
        return new UsageException("error: " + message);
    }

    boolean restoresWal() {
        return has(RESTORE_TARGET_WAL);
    }

    /** As it was given, for messages. */
    String targetName() {
        return value(TARGET).orElse("");
    }

    Path target() {
        return Path.of(targetName()).toAbsolutePath().normalize();
    }

    Optional<Path> sourceDirectory() {
        return value(SOURCE_DIRECTORY).map(Path::of);
    }

    Optional<String> sourceServer() {
        return value(SOURCE_SERVER);
    }

    boolean isDryRun() {
        return has(DRY_RUN);
    }

    Durability durability() {
        return has(NO_SYNC) ? Durability.NO_SYNC : Durability.SYNC;
    }

    boolean showsProgress() {
        return has(PROGRESS);
    }

    boolean writesRecoveryConf() {
        return has(WRITE_RECOVERY_CONF);
    }

    Optional<Path> configFile() {
        return value(CONFIG_FILE).map(Path::of);
    }

    boolean isDebug() {
        return has(DEBUG);
    }

    boolean wantsCleanTarget() {
        return has(NO_ENSURE_SHUTDOWN);
    }

    boolean printsJson() {
        return has(JSON);
    }

    Verify verify() {
        return has(VERIFY) ? Verify.RESULT : Verify.NOTHING;
    }

    boolean resumes() {
        return has(RESUME);
    }

    BlockSelection blockSelection() throws UsageException {
        String rule = value(BLOCK_SELECTION).orElse("minimal");
        return switch (rule) {
            case "minimal" -> BlockSelection.MINIMAL;
            case "since-checkpoint" -> BlockSelection.SINCE_CHECKPOINT;
            default -> throw error("unrecognized block selection: " + rule);
        };
    }

    Compare compare() throws UsageException {
        String when = value(COMPARE).orElse("never");
        return switch (when) {
            case "never" -> Compare.NEVER;
            case "needed" -> Compare.NEEDED;
            case "always" -> Compare.ALWAYS;
            default -> throw error("unrecognized time to compare: " + when);
        };
    }

    /** The file that what is lost is reported in: outside the target, where a rewind removes what the source does not have. */
    Optional<Path> report() throws UsageException {
        Optional<Path> file =
                value(REPORT).map(name -> Path.of(name).toAbsolutePath().normalize());
        if (file.isPresent() && file.get().startsWith(target())) {
            throw error(
                    "the report must not lie in the target: " + value(REPORT).orElseThrow());
        }
        return file;
    }

    /** Where what is overwritten is kept. */
    Optional<Path> salvage() {
        return value(SALVAGE).map(Path::of);
    }

    Optional<Integer> jobs() throws UsageException {
        return number(JOBS, MOST_JOBS);
    }

    Optional<Duration> restoreTimeout() throws UsageException {
        return number(RESTORE_TIMEOUT, MOST_SECONDS).map(Duration::ofSeconds);
    }

    Optional<Duration> statementTimeout() throws UsageException {
        return number(STATEMENT_TIMEOUT, MOST_SECONDS).map(Duration::ofSeconds);
    }

    Optional<Duration> timeout() throws UsageException {
        return number(TIMEOUT, MOST_SECONDS).map(Duration::ofSeconds);
    }

    TablespaceOptions tablespaces() throws UsageException {
        return TablespaceOptions.parse(line.values(TABLESPACE_MAPPING), line.values(TABLESPACE_ROOT));
    }

    /** In the order in which they are asked. */
    List<Path> walArchives() {
        return line.values(WAL_ARCHIVE).stream().map(Path::of).toList();
    }

    private Optional<Integer> number(String option, int most) throws UsageException {
        if (!has(option)) {
            return Optional.empty();
        }
        String value = value(option).orElseThrow();
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > most) {
            throw error("invalid value \"" + value + "\" for option --" + option + ": expected from 1 to " + most);
        }
        return Optional.of(Integer.valueOf(value));
    }
}
