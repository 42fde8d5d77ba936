package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.internal.config.ConfigurationText;
import org.pgrewind4j.core.restore.RecoveryGoal;
import org.pgrewind4j.core.restore.RecoveryGoal.Kind;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * The files that tell a restored server how to recover, in pgBackRest's words (2.45: {@code src/command/restore/restore.c},
 * {@code restoreRecoveryWrite}): whoever looks for its lines finds them. Values are quoted as the server wants them, which
 * it leaves to its caller.
 *
 * <p>From release 12 on recovery targets that an earlier recovery left in {@code postgresql.auto.conf} would stop this one,
 * so they are commented out, whether it has one or not.
 */
final class RecoveryFiles {

    static final DataPath RECOVERY_CONF = DataPath.of("recovery.conf");
    static final DataPath AUTO_CONF = DataPath.of("postgresql.auto.conf");
    static final DataPath RECOVERY_SIGNAL = DataPath.of("recovery.signal");
    static final DataPath STANDBY_SIGNAL = DataPath.of("standby.signal");

    private static final Set<DataPath> OF_RECOVERY = Set.of(RECOVERY_CONF, RECOVERY_SIGNAL, STANDBY_SIGNAL);
    private static final Pattern OLD_TARGET = Pattern.compile(
            "(?m)^(?=[\\t ]*recovery_target(?:|_action|_inclusive|_lsn|_name|_time|_timeline|_xid)[\\t ]*=)");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int LONGEST = 64 << 20;

    private final RecoveryGoal goal;
    private final PostgresVersion version;

    RecoveryFiles(RecoveryGoal goal, PostgresVersion version) {
        this.goal = goal;
        this.version = version;
    }

    /** Whether a path tells of a recovery, so that a backup's is never restored. */
    static boolean isOfRecovery(DataPath path) {
        return OF_RECOVERY.contains(path);
    }

    /** Whether the target's file is to stay. */
    boolean keeps(DataPath path) {
        return goal.kind() == Kind.PRESERVE
                && (version.hasRecoveryConf()
                        ? path.equals(RECOVERY_CONF)
                        : path.equals(AUTO_CONF) || path.equals(RECOVERY_SIGNAL) || path.equals(STANDBY_SIGNAL));
    }

    /** What is to be written. */
    List<WriteConfiguration> actions() {
        if (goal.kind() == Kind.NONE && !version.hasRecoveryConf()) {
            return List.of(new WriteConfiguration(AUTO_CONF, List.of()));
        }
        if (!goal.kind().isWritten()) {
            return List.of();
        }
        List<String> names = List.copyOf(settings().keySet());
        if (version.hasRecoveryConf()) {
            return List.of(new WriteConfiguration(RECOVERY_CONF, names));
        }
        DataPath signal = goal.kind() == Kind.STANDBY ? STANDBY_SIGNAL : RECOVERY_SIGNAL;
        return List.of(new WriteConfiguration(AUTO_CONF, names), new WriteConfiguration(signal, List.of()));
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(goal.options());
        // Where pgBackRest, which has options of its own for them, puts them.
        for (String name : List.of("archive_mode", StandbySettings.RESTORE_COMMAND)) {
            String value = settings.remove(name);
            if (value != null) {
                settings.put(name, value);
            }
        }
        if (goal.kind() == Kind.IMMEDIATE) {
            settings.put("recovery_target", "immediate");
        } else if (goal.kind().isTarget()) {
            settings.put("recovery_target_" + goal.kind().text(), goal.target());
            if (goal.isExclusive()) {
                settings.put("recovery_target_inclusive", "false");
            }
        } else if (goal.kind() == Kind.STANDBY && version.hasRecoveryConf()) {
            settings.put("standby_mode", "on");
        }
        goal.action()
                .filter(action -> action != RecoveryGoal.Action.PAUSE)
                .ifPresent(action ->
                        settings.put("recovery_target_action", action.name().toLowerCase(Locale.ROOT)));
        timeline(settings);
        return settings;
    }

    /** From 12 on a server goes along the latest timeline by itself, where a recovery that ends at once has no business. */
    private void timeline(Map<String, String> settings) {
        if (goal.timeline().isPresent()) {
            if (!(version.hasRecoveryConf() && goal.timeline().get().equals("current"))) {
                settings.put(
                        StandbySettings.RECOVERY_TARGET_TIMELINE,
                        goal.timeline().get());
            }
        } else if (goal.kind() == Kind.IMMEDIATE && !version.hasRecoveryConf()) {
            settings.put(StandbySettings.RECOVERY_TARGET_TIMELINE, "current");
        }
    }

    /** What is wrong with the goal for this release. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        if (!version.hasRecoveryConf() && goal.options().containsKey("standby_mode")) {
            problems.add(new Problem(
                    Problem.Kind.RECOVERY_SETTINGS,
                    "\"standby_mode\" is no setting of release " + version.release(),
                    "ask for a standby instead."));
        }
        if (version.hasRecoveryConf() && goal.options().containsKey("archive_mode")) {
            problems.add(new Problem(
                    Problem.Kind.RECOVERY_SETTINGS,
                    "\"archive_mode\" cannot be set for a recovery of release " + version.release(),
                    "set it in postgresql.conf before the server is started."));
        }
        return problems;
    }

    /** What a file is to hold. */
    byte[] content(WriteConfiguration action, Transport backup) throws IOException {
        if (action.path().equals(RECOVERY_SIGNAL) || action.path().equals(STANDBY_SIGNAL)) {
            return new byte[0];
        }
        String now = TIME.format(LocalDateTime.now(ZoneId.systemDefault()));
        String before = action.path().equals(AUTO_CONF) ? withoutTargets(backup, now) : "";
        if (goal.kind() == Kind.NONE) {
            return before.getBytes(StandardCharsets.ISO_8859_1);
        }
        before = before.isBlank() ? "" : before.trim() + "\n\n";
        StringBuilder text = new StringBuilder(before)
                .append("# Recovery settings generated by pgBackRest restore on ")
                .append(now)
                .append('\n');
        settings().forEach((name, value) -> text.append(ConfigurationText.line(name, value)));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String withoutTargets(Transport backup, String now) throws IOException {
        String text;
        try {
            text = new String(backup.read(AUTO_CONF, LONGEST), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
        return OLD_TARGET.matcher(text).replaceAll("# Removed by pgBackRest restore on " + now + " # ");
    }
}
