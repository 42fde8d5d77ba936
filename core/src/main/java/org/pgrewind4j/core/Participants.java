package org.pgrewind4j.core;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Who takes part in a rewind or a restore: what reports and the status file say of it, so that they can be told from those of
 * other clusters. What is not known is empty.
 *
 * @param target the data directory that is changed
 * @param source the name, in messages, of what it is changed after
 * @param systemIdentifier which cluster both are copies of, in decimal digits
 * @param release PostgreSQL's release
 */
public record Participants(
        Optional<Path> target,
        Optional<String> source,
        Optional<String> systemIdentifier,
        Optional<PostgresVersion> release) {

    /** Nobody that is known. */
    public static final Participants UNKNOWN =
            new Participants(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Who takes part.
     *
     * @param target the data directory that is changed
     * @param source what it is changed after
     * @param systemIdentifier which cluster both are copies of
     * @param release PostgreSQL's release
     */
    public Participants {
        requireNonNull(target, "target");
        requireNonNull(source, "source");
        requireNonNull(systemIdentifier, "systemIdentifier");
        requireNonNull(release, "release");
    }

    /**
     * Those of which a control file is known.
     *
     * @param target the data directory that is changed
     * @param source what it is changed after, empty if that is not known
     * @param controlFile a control file of the cluster
     * @return who takes part
     */
    public static Participants of(Path target, Optional<String> source, ControlFile controlFile) {
        return new Participants(
                Optional.of(target),
                source,
                Optional.of(Long.toUnsignedString(controlFile.systemIdentifier())),
                Optional.of(controlFile.version()));
    }

    /** For logs: the target and the source. */
    @Override
    public String toString() {
        return target.map(path -> "\"" + path + "\"").orElse("an unnamed target")
                + source.filter(name -> !name.isEmpty())
                        .map(name -> " from " + name)
                        .orElse("");
    }
}
