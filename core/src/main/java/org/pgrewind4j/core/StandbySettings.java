package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What makes the rewound directory a standby of its source. A rewind that is given such settings leaves, from release 12
 * on, {@code standby.signal} and the settings in {@code postgresql.auto.conf}; before, both in {@code recovery.conf}.
 *
 * <pre>{@code
 * Rewind.of(oldPrimary).from(source).standby(StandbySettings.of("host=db2 user=replicator").primarySlotName("db1"));
 * }</pre>
 *
 * <p>Other settings in that file stay as the rewind leaves them: as the source has them, or the target if nothing else is
 * to be rewound or the file is kept. The values are written to a file that the target's owner alone can read; whether a
 * password is among them is up to the caller.
 *
 * <p>Immutable.
 */
public final class StandbySettings {

    static final String PRIMARY_CONNINFO = "primary_conninfo";
    static final String PRIMARY_SLOT_NAME = "primary_slot_name";
    /** The setting that names the command for WAL from an archive. */
    public static final String RESTORE_COMMAND = "restore_command";
    /** The setting that names the timeline to follow. */
    public static final String RECOVERY_TARGET_TIMELINE = "recovery_target_timeline";

    private final ImmutableMap<String, String> values;

    private StandbySettings(ImmutableMap<String, String> values) {
        this.values = values;
    }

    /**
     * Begins with the server to follow.
     *
     * @param primaryConninfo a libpq connection string; see {@link org.pgrewind4j.transport.live.PrimaryConninfo}
     * @return settings with this one alone
     * @throws IllegalArgumentException if it holds the character NUL
     */
    public static StandbySettings of(String primaryConninfo) {
        requireNonNull(primaryConninfo, "primaryConninfo");
        return new StandbySettings(ImmutableMap.of()).with(PRIMARY_CONNINFO, primaryConninfo);
    }

    /**
     * Names the replication slot on the server to follow.
     *
     * @param slot its name
     * @return these settings with that one
     * @throws IllegalArgumentException if it holds the character NUL
     */
    public StandbySettings primarySlotName(String slot) {
        return with(PRIMARY_SLOT_NAME, slot);
    }

    /**
     * Says how the standby gets WAL from the archive.
     *
     * @param command a shell command, in which {@code %f} stands for the file's name and {@code %p} for its place
     * @return these settings with that one
     * @throws IllegalArgumentException if it holds the character NUL
     */
    public StandbySettings restoreCommand(String command) {
        return with(RESTORE_COMMAND, command);
    }

    /**
     * Says which timeline the standby follows. Without it the newest one: from release 12 on that is the server's default,
     * and before it is written.
     *
     * @param timeline {@code latest}, {@code current} (from 12 on), or a number
     * @return these settings with that one
     * @throws IllegalArgumentException if it holds the character NUL
     */
    public StandbySettings recoveryTargetTimeline(String timeline) {
        return with(RECOVERY_TARGET_TIMELINE, timeline);
    }

    private StandbySettings with(String name, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(name + ": a value cannot hold the character NUL");
        }
        Map<String, String> all = new LinkedHashMap<>(values);
        all.put(name, value);
        return new StandbySettings(ImmutableMap.copyOf(all));
    }

    /**
     * The settings by name. They may be secret.
     *
     * @return the values, in the order in which they are written
     */
    public Map<String, String> values() {
        return values;
    }

    /** Prints the names; the values may be secret. */
    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
