package org.pgrewind4j.core.internal.config;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * The files that make a server a standby, and what is to be in them (PostgreSQL: {@code src/fe_utils/recovery_gen.c};
 * manual, "Standby Server Settings"). Without {@link StandbySettings} there are none.
 */
public final class StandbyFiles {

    private static final DataPath RECOVERY_CONF = DataPath.of("recovery.conf");
    private static final DataPath CONF = DataPath.of("postgresql.conf");
    private static final DataPath AUTO_CONF = DataPath.of("postgresql.auto.conf");
    private static final DataPath SIGNAL = DataPath.of("standby.signal");

    /** These files are written by hand or by {@code ALTER SYSTEM}. */
    private static final int LONGEST = 64 << 20;

    private final Optional<StandbySettings> settings;
    private final PostgresVersion version;

    /** Every path that is listed is looked for here. */
    private final Set<DataPath> own;

    public StandbyFiles(Optional<StandbySettings> settings, PostgresVersion version) {
        this.settings = settings;
        this.version = version;
        this.own = actions().stream().map(WriteConfiguration::path).collect(Collectors.toUnmodifiableSet());
    }

    /** What to write, in an order in which a server that starts in between is never a standby without settings. */
    public List<WriteConfiguration> actions() {
        if (settings.isEmpty()) {
            return List.of();
        }
        List<String> names = List.copyOf(values().keySet());
        return version.hasRecoveryConf()
                ? List.of(new WriteConfiguration(RECOVERY_CONF, names))
                : List.of(new WriteConfiguration(AUTO_CONF, names), new WriteConfiguration(SIGNAL, List.of()));
    }

    /** Whether a path is one of the files, so that it is not for others to copy or remove. */
    public boolean own(DataPath path) {
        return own.contains(path);
    }

    private Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>(settings.orElseThrow().values());
        if (version.hasRecoveryConf()) {
            values.put("standby_mode", "on");
            // The server's own default is the timeline of its checkpoint, on which a follower would stay behind.
            values.putIfAbsent(StandbySettings.RECOVERY_TARGET_TIMELINE, "latest");
        }
        return values;
    }

    /**
     * What a file is to hold. What a promoted server has left there of a recovery of its own is taken out, and what
     * {@code postgresql.conf} says of it has no effect any more: the standby is to follow.
     *
     * @param action which file
     * @param base has the file whose other settings stay, or has none
     * @param main has the {@code postgresql.conf} that is read before it
     */
    private byte[] content(WriteConfiguration action, Transport base, Transport main) throws IOException {
        if (action.settings().isEmpty()) {
            return new byte[0];
        }
        Map<String, String> all = new LinkedHashMap<>();
        if (!version.hasRecoveryConf()) {
            all.putAll(RecoverySettings.neutral(read(main, CONF)));
        }
        all.putAll(values());
        return ConfigurationText.set(RecoverySettings.removedFrom(read(base, action.path())), all);
    }

    /** What a file is to hold beside what the target's others do. */
    public byte[] content(WriteConfiguration action, Transport target) throws IOException {
        return content(action, target, target);
    }

    private static byte[] read(Transport transport, DataPath path) throws IOException {
        try {
            return transport.read(path, LONGEST);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    /**
     * What a file is to hold after a rewind that brings the source's configuration with it.
     *
     * @param action which file
     * @param source has the source's
     * @param kept which files of the target stay
     * @param target has those
     */
    public byte[] contentAfter(WriteConfiguration action, Transport source, Predicate<DataPath> kept, Path target)
            throws IOException {
        try (LocalDirectoryTransport stays = LocalDirectoryTransport.openToLookAt(target)) {
            return content(action, kept.test(action.path()) ? stays : source, kept.test(CONF) ? stays : source);
        }
    }

    /**
     * The settings that will make a standby stop, if none are written. Up to 11 they are in a file of their own, which no
     * promoted server has.
     *
     * @param source has the source's files
     * @param kept which files of the target stay
     * @param target has those
     */
    public Map<String, String> recoverySettingsLeft(Transport source, Predicate<DataPath> kept, Transport target)
            throws IOException {
        return settings.isPresent() || version.hasRecoveryConf()
                ? Map.of()
                : RecoverySettings.in(
                        read(kept.test(CONF) ? target : source, CONF),
                        read(kept.test(AUTO_CONF) ? target : source, AUTO_CONF));
    }
}
