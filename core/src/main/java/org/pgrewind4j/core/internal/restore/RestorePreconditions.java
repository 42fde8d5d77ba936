package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.ManifestText;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.area.RestoredBackup;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.area.ServerLock;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.BackupLabel;
import org.pgrewind4j.core.internal.stage.RestoredControlFile;
import org.pgrewind4j.core.restore.Replaceable;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.wal.control.ControlFile;

/** What forbids a restore, but for its tablespaces and where its recovery is to end. */
final class RestorePreconditions {

    private static final DataPath VERSION = DataPath.of("PG_VERSION");

    /** What pgBackRest leaves in a directory that it has restored in part. */
    private static final DataPath NATIVE_MANIFEST = DataPath.of("backup.manifest");

    /** What may lie in a directory that counts as empty: the last two are mount points' own. */
    private static final Set<String> NOTHING = Set.of(OwnNames.LOCK_FILE, OwnNames.STAGING, "lost+found", ".snapshot");

    private static final String ANY_CLUSTER = "name the right target or backup, or permit any cluster to be replaced.";

    private static final Pattern RELEASE = Pattern.compile("[0-9]+(\\.[0-9]+)?");

    private final RestoreSettings settings;
    private final Path target;
    private final ReplayEnd end;
    private final ControlFile stored;
    private final StagingArea area;

    RestorePreconditions(RestoreSettings settings, ReplayEnd end, StagingArea area) {
        this.settings = settings;
        this.target = settings.target();
        this.end = end;
        this.stored = end.controlFile();
        this.area = area;
    }

    /** Whether an execution was interrupted that can be finished. One whose manifest is damaged cannot, and needs a restore. */
    boolean isSealed() throws IOException {
        return Files.isDirectory(target) && SealedRewind.isIn(target) && sealed().isPresent();
    }

    private Optional<Manifest> sealed() throws IOException {
        try {
            return Optional.of(ManifestText.parse(Files.readAllBytes(area.manifest())));
        } catch (PgRewindException e) {
            return Optional.empty();
        }
    }

    /** Why what was interrupted must not be finished in the name of this backup. */
    List<Problem> ofResumption() throws IOException {
        List<Problem> problems = new ArrayList<>(running());
        RestoredBackup restored = sealed().orElseThrow().restored();
        String label = settings.backup().facts().label();
        if (restored == null || !isOfBackup(restored)) {
            problems.add(new Problem(
                    Kind.OTHER_REWIND_INTERRUPTED,
                    "an earlier execution was interrupted on the target: "
                            + (restored == null ? "a rewind" : "the restore of backup \"" + restored.label() + "\"")
                            + ", not of this backup \"" + label + "\"",
                    "finish it first (resume), " + orBeginAgain()));
        } else if (!restored.request().equals(settings.request())) {
            problems.add(new Problem(
                    Kind.OTHER_REWIND_INTERRUPTED,
                    "an earlier restore of backup \"" + label
                            + "\" was interrupted on the target, with other recovery settings or locations of tablespaces",
                    "repeat it with the same ones, finish it as it was begun (resume), " + orBeginAgain()));
        }
        return problems;
    }

    /** Base backups are often called the same, so that the control file counts too. */
    private boolean isOfBackup(RestoredBackup restored) throws IOException {
        return restored.label().equals(settings.backup().facts().label())
                && Arrays.equals(
                        Files.readAllBytes(area.newControlFile()), RestoredControlFile.of(settings.backup(), end));
    }

    private String orBeginAgain() {
        return "or remove \"" + area.root() + "\" and plan again: then only a restore makes the target whole.";
    }

    private List<Problem> running() throws IOException {
        return Files.isDirectory(target) && ServerLock.isServerRunning(target)
                ? List.of(new Problem(
                        Kind.TARGET_RUNNING,
                        "a server runs on the target \"" + target + "\"",
                        "stop it and plan again."))
                : List.of();
    }

    /** What the two clusters say. */
    List<Problem> ofClusters() throws IOException {
        List<Problem> problems = new ArrayList<>(running());
        for (SourceProblem problem : settings.backup().problems()) {
            problems.add(new Problem(Kind.SOURCE_UNUSABLE, problem.message(), problem.cure()));
        }
        BackupFacts facts = settings.backup().facts();
        if (facts.systemIdentifier() != stored.systemIdentifier() || facts.version() != stored.version()) {
            problems.add(new Problem(
                    Kind.SOURCE_UNUSABLE,
                    "the backup's control file is not of the cluster that the backup says it is of: expected system %s,"
                                    .formatted(Long.toUnsignedString(facts.systemIdentifier()))
                            + " release %s, found system %s, release %s"
                                    .formatted(
                                            facts.version().release(),
                                            Long.toUnsignedString(stored.systemIdentifier()),
                                            stored.version().release()),
                    "restore another backup."));
        }
        problems.addAll(ofTarget());
        return problems;
    }

    private List<Problem> ofTarget() throws IOException {
        if (!Files.isDirectory(target)) {
            return List.of();
        }
        Optional<ControlFile> found = targetControlFile();
        if (found.isEmpty() && !isRestorable()) {
            // Whatever may be replaced: all that the backup lacks would be removed.
            return List.of(notACluster());
        }
        if (settings.replaceable() == Replaceable.ANY_CLUSTER) {
            return List.of();
        }
        if (found.isEmpty()) {
            return ofRelease();
        }
        List<Problem> problems = new ArrayList<>();
        if (found.get().systemIdentifier() != stored.systemIdentifier()) {
            problems.add(new Problem(
                    Kind.DIFFERENT_SYSTEM,
                    "the target \"%s\" is another cluster than the backup's: expected system identifier %s, found %s"
                            .formatted(
                                    target,
                                    Long.toUnsignedString(stored.systemIdentifier()),
                                    Long.toUnsignedString(found.get().systemIdentifier())),
                    ANY_CLUSTER));
        }
        if (found.get().version() != stored.version()) {
            problems.add(otherRelease(found.get().version().release()));
        }
        return problems;
    }

    private Problem otherRelease(String found) {
        return new Problem(
                Kind.DIFFERENT_RELEASE,
                "the target \"%s\" is of another release than the backup: expected %s, found %s"
                        .formatted(target, stored.version().release(), found),
                ANY_CLUSTER);
    }

    /** Of a target whose control file is not there, damaged, or of a release that is not known. */
    private List<Problem> ofRelease() throws IOException {
        Path file = VERSION.in(target);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        String found = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).strip();
        boolean isOther = RELEASE.matcher(found).matches()
                && !found.equals(stored.version().release());
        return isOther ? List.of(otherRelease(found)) : List.of();
    }

    /** A control file that cannot be read says nothing: a restore by content makes the target whole all the same. */
    private Optional<ControlFile> targetControlFile() throws IOException {
        try {
            return Optional.of(ControlFile.parse(Files.readAllBytes(area.plannedControlFile())));
        } catch (NoSuchFileException | PgRewindException e) {
            return Optional.empty();
        }
    }

    private boolean isRestorable() throws IOException {
        if (StagingArea.isThere(VERSION.in(target)) || StagingArea.isThere(NATIVE_MANIFEST.in(target))) {
            return true;
        }
        try (Stream<Path> contents = Files.list(target)) {
            return contents.allMatch(
                    entry -> NOTHING.contains(entry.getFileName().toString()));
        }
    }

    private Problem notACluster() {
        return new Problem(
                Kind.TARGET_NOT_A_CLUSTER,
                "\"" + target + "\" holds files and is no data directory: it has no \"" + VERSION + "\"",
                "empty it, or name the right directory.");
    }

    /** What the backup must hold, and the data directory that it is for. */
    List<Problem> ofContents(BackupTree expected) {
        List<Problem> problems = new ArrayList<>();
        if (expected.controlFile().isEmpty() || !expected.entries().containsKey(VERSION)) {
            problems.add(new Problem(
                    Kind.SOURCE_UNUSABLE,
                    settings.backup().description() + " does not hold \""
                            + (expected.controlFile().isEmpty() ? DataPath.CONTROL_FILE : VERSION) + "\"",
                    "restore another backup."));
        }
        if (settings.backup().facts().isOnline() && !expected.entries().containsKey(BackupLabel.PATH)) {
            problems.add(new Problem(
                    Kind.SOURCE_UNUSABLE,
                    settings.backup().description() + " was made while the server worked, and does not hold \""
                            + BackupLabel.PATH + "\"",
                    "restore another backup."));
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(target)) {
            problems.add(new Problem(
                    Kind.TARGET_NOT_A_CLUSTER, "\"" + target + "\" is no directory", "name the right directory."));
        }
        return problems;
    }
}
