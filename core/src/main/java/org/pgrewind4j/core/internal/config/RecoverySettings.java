package org.pgrewind4j.core.internal.config;

import com.google.common.collect.ImmutableMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgrewind4j.core.StandbySettings;

/**
 * Settings that tell a server where its recovery ends, and that a promoted server can have left in its configuration,
 * for it minds them no more (PostgreSQL 18: manual, "Recovery Target"). A standby that takes the configuration over stops
 * there: at once if the place lies before the end of the rewind ({@code src/backend/access/transam/xlogrecovery.c},
 * {@code recoveryStopsBefore}, "requested recovery stop point is before consistent recovery point").
 *
 * <p>They are looked for in {@code postgresql.conf} and {@code postgresql.auto.conf}, or {@code recovery.conf}; not in
 * files that these include.
 */
final class RecoverySettings {

    /** Each with the value by which it has no effect. */
    private static final ImmutableMap<String, String> NEUTRAL = ImmutableMap.of(
            "recovery_target",
            "",
            "recovery_target_lsn",
            "",
            "recovery_target_name",
            "",
            "recovery_target_time",
            "",
            "recovery_target_xid",
            "",
            StandbySettings.RECOVERY_TARGET_TIMELINE,
            "latest");

    private RecoverySettings() {}

    /**
     * Which of them are in effect after some files were read one after the other.
     *
     * @return the values by name, in the order of the names
     */
    static Map<String, String> in(byte[]... files) {
        Map<String, String> found = new LinkedHashMap<>();
        NEUTRAL.forEach(found::put);
        for (byte[] file : files) {
            for (String line : ConfigurationText.lines(file)) {
                ConfigurationText.parse(line).ifPresent(setting -> found.replace(setting.name(), setting.value()));
            }
        }
        found.entrySet().removeIf(setting -> setting.getValue().equals(NEUTRAL.get(setting.getKey())));
        return found;
    }

    /** What takes the effect from those that a file sets. */
    static Map<String, String> neutral(byte[] file) {
        Map<String, String> neutral = new LinkedHashMap<>();
        in(file).keySet().forEach(name -> neutral.put(name, NEUTRAL.get(name)));
        return neutral;
    }

    /** A file without the lines that set any of them. */
    static byte[] removedFrom(byte[] file) {
        return ConfigurationText.without(file, in(file).keySet());
    }
}
