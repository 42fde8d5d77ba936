package org.pgrewind4j.examples.pgbackrest;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.timeline.Lsn;

/** What the options say of the recovery. */
final class RecoveryOptions {

    private static final String RESTORE_COMMAND = "restore_command";

    private final RestoreOptions options;

    RecoveryOptions(RestoreOptions options) {
        this.options = options;
    }

    /** The goal, for a backup that was made while its server worked or not. */
    RecoveryGoal goal(boolean isOnline) throws OptionException {
        // A server that was stopped has nothing to replay, and may have made no WAL that could be archived.
        boolean isByDefault = options.value("type").isEmpty();
        RecoveryGoal goal = isByDefault && !isOnline ? RecoveryGoal.none() : ofType();
        if (options.is("target-exclusive")) {
            goal = goal.exclusive();
        }
        Optional<String> timeline = options.value("target-timeline");
        if (timeline.isPresent()) {
            goal = goal.timeline(timeline.get());
        }
        Optional<String> action = options.value("target-action");
        if (action.isPresent()) {
            goal = goal.action(RecoveryGoal.Action.valueOf(action.get().toUpperCase(Locale.ROOT)));
        }
        return withSettings(goal);
    }

    private RecoveryGoal ofType() throws OptionException {
        return switch (options.type()) {
            case "immediate" -> RecoveryGoal.immediate();
            case "lsn" -> RecoveryGoal.lsn(lsn(options));
            case "name" -> RecoveryGoal.name(options.required("target"));
            case "time" -> RecoveryGoal.time(options.required("target"));
            case "xid" -> RecoveryGoal.xid(options.required("target"));
            case "standby" -> RecoveryGoal.standby();
            case "preserve" -> RecoveryGoal.preserve();
            case "none" -> RecoveryGoal.none();
            default -> RecoveryGoal.end();
        };
    }

    /** The position that recovery is to end at. */
    static Lsn lsn(RestoreOptions options) throws OptionException {
        String text = options.required("target");
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw new OptionException(
                    ExitStatus.FORMAT, "'" + text + "' is not a position in the WAL for 'target' option");
        }
    }

    private RecoveryGoal withSettings(RecoveryGoal goal) throws OptionException {
        RecoveryGoal result = goal.option(RESTORE_COMMAND, ArchiveGet.command(options));
        for (Map.Entry<String, String> option : options.map("recovery-option").entrySet()) {
            result = result.option(option.getKey().replace('-', '_'), QuotedText.read(option.getValue()));
        }
        // An option of its own counts before what is said of the same setting among others.
        return options.value("archive-mode").filter("off"::equals).isPresent()
                ? result.option("archive_mode", "off")
                : result;
    }
}
