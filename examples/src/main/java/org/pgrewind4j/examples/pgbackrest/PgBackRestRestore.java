package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.timeline.PgRewindException;

/**
 * Stands in for {@code pgbackrest restore} from repositories in directories of this machine: the same options, configuration
 * and result; of files that differ the pages that differ are written. {@code --help} tells more.
 */
public final class PgBackRestRestore {

    private static final String USAGE = """
            Usage: pgbackrest-restore [restore] --stanza=NAME --pg1-path=DIRECTORY [--delta] [OPTION]...

            Stands in for "pgbackrest restore": takes its options from the command line, from PGBACKREST_ variables and from
            its configuration files, and ends with its exit statuses. Remote hosts, object stores, links and single databases
            are left to pgbackrest itself: their options are refused by name.

            Its own options, on the command line alone:
              --dry-run   say what would be done, and change nothing
              --json      print the plan of a dry run, or the report, as a JSON object
              --evidence=content|wal
                          what tells which parts of files are the backup's already: their contents, or the WAL of
                          both sides since they diverged, so that only what it names is read and written
              --wal-from=DIRECTORY
                          where more WAL and history files are, for --evidence=wal; may be repeated
              --resume    finish a restore that was interrupted; needs no repository
              --verify    read back what was written before a server can start on it
            """;

    private final PrintStream out;
    private final Log log;

    private PgBackRestRestore(PrintStream out, PrintStream err) {
        this.out = out;
        this.log = new Log(out, err);
    }

    /**
     * Runs the command and ends the JVM.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        int status = run(List.of(args), System.getenv(), System.out, System.err);
        System.out.flush();
        Runtime.getRuntime().exit(status);
    }

    /** Runs the command; returns its exit status. */
    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (CommandLineReader.asksForHelp(arguments)) {
            out.print(USAGE);
            return 0;
        }
        return new PgBackRestRestore(out, err).run(arguments, environment).code();
    }

    private ExitStatus run(List<String> arguments, Map<String, String> environment) {
        long begin = System.nanoTime();
        ExitStatus status;
        try {
            status = new RestoreJob(RestoreOptions.read(arguments, environment, log), log, out).run();
        } catch (OptionException e) {
            status = failed(e.status(), e);
        } catch (RewindException e) {
            status = failed(Failure.status(e), e);
            if (e.targetState() == RewindException.TargetState.RESUMABLE) {
                log.warn("the restore is not finished: run the same command again, or with --resume");
            }
        } catch (IOException | UncheckedIOException | PgRewindException | IllegalArgumentException e) {
            status = failed(Failure.status(e), e);
        }
        log.info(
                status == ExitStatus.SUCCESS
                        ? "restore command end: completed successfully (" + (System.nanoTime() - begin) / 1_000_000
                                + "ms)"
                        : String.format(
                                Locale.ROOT, "restore command end: aborted with exception [%03d]", status.code()));
        return status;
    }

    private ExitStatus failed(ExitStatus status, Exception e) {
        log.error(status, Optional.ofNullable(e.getMessage()).orElse(e.toString()));
        return status;
    }
}
