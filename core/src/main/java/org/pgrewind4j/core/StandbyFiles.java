package org.pgrewind4j.core;

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
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.LocalDirectoryTransport;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.PostgresVersion;

/**
 * The files that make a server a standby, and what is to be in them (PostgreSQL: {@code src/fe_utils/recovery_gen.c};
 * manual, "Standby Server Settings"). Without {@link StandbySettings} there are none.
 */
final class StandbyFiles {

    private static final DataPath RECOVERY_CONF = DataPath.of("recovery.conf");
    private static final DataPath AUTO_CONF = DataPath.of("postgresql.auto.conf");
    private static final DataPath SIGNAL = DataPath.of("standby.signal");

    /** These files are written by hand or by {@code ALTER SYSTEM}. */
    private static final int LONGEST = 64 << 20;

    private final Optional<StandbySettings> settings;
    private final PostgresVersion version;

    /** Every path that is listed is looked for here. */
    private final Set<DataPath> own;

    StandbyFiles(Optional<StandbySettings> settings, PostgresVersion version) {
        this.settings = settings;
        this.version = version;
        this.own = actions().stream().map(WriteConfiguration::path).collect(Collectors.toUnmodifiableSet());
    }

    /** What to write, in an order in which a server that starts in between is never a standby without settings. */
    List<WriteConfiguration> actions() {
        if (settings.isEmpty()) {
            return List.of();
        }
        List<String> names = List.copyOf(values().keySet());
        return version.hasRecoveryConf()
                ? List.of(new WriteConfiguration(RECOVERY_CONF, names))
                : List.of(new WriteConfiguration(AUTO_CONF, names), new WriteConfiguration(SIGNAL, List.of()));
    }

    /** Whether a path is one of the files, so that it is not for others to copy or remove. */
    boolean own(DataPath path) {
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
     * What a file is to hold.
     *
     * @param action which file
     * @param base has the file whose other settings stay, or has none
     */
    byte[] content(WriteConfiguration action, Transport base) throws IOException {
        return action.settings().isEmpty() ? new byte[0] : ConfigurationText.set(read(base, action.path()), values());
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
    byte[] contentAfter(WriteConfiguration action, Transport source, Predicate<DataPath> kept, Path target)
            throws IOException {
        if (!kept.test(action.path())) {
            return content(action, source);
        }
        try (LocalDirectoryTransport directory = LocalDirectoryTransport.open(target)) {
            return content(action, directory);
        }
    }
}
