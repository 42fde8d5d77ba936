package org.pgrewind4j.core.restore;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.Lsn;

/**
 * What a server is to do with a restored backup: how far to replay, along which timeline, and what then. From release
 * 12 on that is written to {@code postgresql.auto.conf} beside a signal file, before to {@code recovery.conf}, in the
 * words that pgBackRest writes.
 *
 * <p>Immutable.
 */
public final class RecoveryGoal {

    private static final Pattern OPTION = Pattern.compile("[a-z][a-z0-9_]*");

    private final Kind kind;
    private final String target;
    private final Inclusion inclusion;
    private final Optional<Action> action;
    private final Optional<String> timeline;
    private final ImmutableSortedMap<String, String> options;

    private RecoveryGoal(
            Kind kind,
            String target,
            Inclusion inclusion,
            Optional<Action> action,
            Optional<String> timeline,
            Map<String, String> options) {
        this.kind = kind;
        this.target = target;
        this.inclusion = inclusion;
        this.action = action;
        this.timeline = timeline;
        this.options = ImmutableSortedMap.copyOf(options);
    }

    /** How far replay goes. */
    public enum Kind {
        /** To the end of WAL; then the server becomes a primary. */
        END,
        /** Until the data is consistent. */
        IMMEDIATE,
        /** To a position. */
        LSN,
        /** To a restore point. */
        NAME,
        /** To a time. */
        TIME,
        /** To the end of a transaction. */
        XID,
        /** As far as a primary goes, and on. */
        STANDBY,
        /** As the target's own settings say. */
        PRESERVE,
        /** To the end of the WAL that is in the target's own directory. */
        NONE;

        /**
         * Whether settings are written at all.
         *
         * @return false for {@code PRESERVE} and {@code NONE}
         */
        public boolean isWritten() {
            return this != PRESERVE && this != NONE;
        }

        /**
         * Whether the goal is a place in the WAL.
         *
         * @return whether the server stops there by itself
         */
        public boolean isTarget() {
            return this == IMMEDIATE || this == LSN || this == NAME || this == TIME || this == XID;
        }

        /**
         * The name as pgBackRest's option {@code type} has it.
         *
         * @return lower case
         */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether what is at the goal is replayed. */
    private enum Inclusion {
        INCLUSIVE,
        EXCLUSIVE
    }

    /** What the server does when it has arrived. */
    public enum Action {
        /** It waits, so that somebody can look at it: what servers do by themselves. */
        PAUSE,
        /** It becomes a primary. */
        PROMOTE,
        /** It stops. */
        SHUTDOWN
    }

    private static RecoveryGoal of(Kind kind, String target) {
        return new RecoveryGoal(kind, legal(target), Inclusion.INCLUSIVE, Optional.empty(), Optional.empty(), Map.of());
    }

    private static String legal(String value) {
        if (value.chars().anyMatch(c -> c == '\0' || c == '\n' || c == '\r')) {
            throw new IllegalArgumentException("a setting's value cannot hold the character NUL or the end of a line");
        }
        return value;
    }

    /**
     * Replays all WAL there is, and then becomes a primary.
     *
     * @return the goal, which is the default
     */
    public static RecoveryGoal end() {
        return of(Kind.END, "");
    }

    /**
     * Replays until the data is consistent.
     *
     * @return the goal
     */
    public static RecoveryGoal immediate() {
        return of(Kind.IMMEDIATE, "");
    }

    /**
     * Replays up to a position.
     *
     * @param lsn the position
     * @return the goal
     */
    public static RecoveryGoal lsn(Lsn lsn) {
        requireNonNull(lsn, "lsn");
        return of(Kind.LSN, lsn.toString());
    }

    /**
     * Replays up to a restore point.
     *
     * @param name what it was called when it was made
     * @return the goal
     * @throws IllegalArgumentException if it holds the end of a line
     */
    public static RecoveryGoal name(String name) {
        requireNonNull(name, "name");
        return of(Kind.NAME, name);
    }

    /**
     * Replays up to a time.
     *
     * @param time a time as PostgreSQL reads it, best with its zone
     * @return the goal
     * @throws IllegalArgumentException if it holds the end of a line
     */
    public static RecoveryGoal time(String time) {
        requireNonNull(time, "time");
        return of(Kind.TIME, time);
    }

    /**
     * Replays up to the end of a transaction.
     *
     * @param xid its number
     * @return the goal
     * @throws IllegalArgumentException if it holds the end of a line
     */
    public static RecoveryGoal xid(String xid) {
        requireNonNull(xid, "xid");
        return of(Kind.XID, xid);
    }

    /**
     * Follows a primary.
     *
     * @return the goal
     */
    public static RecoveryGoal standby() {
        return of(Kind.STANDBY, "");
    }

    /**
     * Leaves the recovery settings that the target has.
     *
     * @return the goal
     */
    public static RecoveryGoal preserve() {
        return of(Kind.PRESERVE, "");
    }

    /**
     * Writes no settings: the server replays what lies in its own WAL directory, and continues along the same timeline.
     *
     * @return the goal
     */
    public static RecoveryGoal none() {
        return of(Kind.NONE, "");
    }

    /**
     * Says what the server does when it has arrived.
     *
     * @param action the default is {@link Action#PAUSE}
     * @return this goal with that action
     * @throws IllegalArgumentException if the goal is no place in the WAL
     */
    public RecoveryGoal action(Action action) {
        requireTarget("an action");
        return new RecoveryGoal(kind, target, inclusion, Optional.of(action), timeline, options);
    }

    /**
     * Ends replay just before the goal.
     *
     * @return this goal, exclusive
     * @throws IllegalArgumentException if the goal is no position, time or transaction
     */
    public RecoveryGoal exclusive() {
        if (kind != Kind.LSN && kind != Kind.TIME && kind != Kind.XID) {
            throw new IllegalArgumentException("nothing can be excluded of recovery type " + kind.text());
        }
        return new RecoveryGoal(kind, target, Inclusion.EXCLUSIVE, action, timeline, options);
    }

    private void requireTarget(String what) {
        if (!kind.isTarget()) {
            throw new IllegalArgumentException(what + " has no meaning for recovery type " + kind.text());
        }
    }

    /**
     * Says along which timeline replay goes.
     *
     * @param timeline {@code latest}, {@code current}, or a number
     * @return this goal with that timeline
     * @throws IllegalArgumentException if it is none of these
     */
    public RecoveryGoal timeline(String timeline) {
        if (!timeline.matches("latest|current|(0[xX][0-9a-fA-F]{1,8})|[0-9]{1,10}")) {
            throw new IllegalArgumentException(
                    "timeline: \"" + timeline + "\": expected \"latest\", \"current\" or a number");
        }
        return new RecoveryGoal(kind, target, inclusion, action, Optional.of(timeline), options);
    }

    /**
     * Adds another recovery setting, such as {@code restore_command}, {@code primary_conninfo} or
     * {@code primary_slot_name}.
     *
     * @param name its name
     * @param value its value, as the server is to understand it
     * @return this goal with that setting
     * @throws IllegalArgumentException if it is no name of a setting, or the value holds the end of a line
     */
    public RecoveryGoal option(String name, String value) {
        if (!OPTION.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name of a setting: \"" + name + "\"");
        }
        Map<String, String> more = new TreeMap<>(options);
        more.put(name, legal(value));
        return new RecoveryGoal(kind, target, inclusion, action, timeline, more);
    }

    /**
     * How far replay goes.
     *
     * @return the kind of goal
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The place in the WAL.
     *
     * @return a position, name, time or transaction; empty for kinds that have none
     */
    public String target() {
        return target;
    }

    /**
     * Whether replay ends just before the goal.
     *
     * @return the default is false
     */
    public boolean isExclusive() {
        return inclusion == Inclusion.EXCLUSIVE;
    }

    /**
     * What the server does when it has arrived.
     *
     * @return empty if it was not said
     */
    public Optional<Action> action() {
        return action;
    }

    /**
     * Along which timeline replay goes.
     *
     * @return empty if it was not said
     */
    public Optional<String> timeline() {
        return timeline;
    }

    /**
     * The other settings.
     *
     * @return values by name, in the order of their names
     */
    public Map<String, String> options() {
        return options;
    }

    /** Prints the kind and names of settings; their values may be secret. */
    @Override
    public String toString() {
        return kind.text() + " " + options.keySet();
    }
}
