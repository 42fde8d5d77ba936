package org.pgrewind4j.core.internal.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.core.internal.cluster.BranchIdentity;
import org.pgrewind4j.core.internal.cluster.Cluster;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.transport.Transport;

/**
 * The branch that a sealed rewind goes to, in a file of its own in the staging area. Who asks for a rewind to another
 * branch must not get the sealed one for it.
 */
public final class SealedBranch {

    private static final String FILE = "branch";

    private SealedBranch() {}

    private static Path file(StagingArea area) {
        return area.root().resolve(FILE);
    }

    /** Notes where a rewind goes, before its manifest is durable. */
    static void write(BranchIdentity branch, StagingArea area, FileOperations files) throws IOException {
        files.write(file(area), (branch + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Compares the branch of an interrupted rewind with the source's.
     *
     * @return why it must not be finished in the name of this source; empty if it goes to this source
     */
    public static Optional<Problem> check(Path target, Transport transport) throws IOException {
        StagingArea area = new StagingArea(target, List.of());
        Optional<BranchIdentity> sealed =
                StagingArea.isThere(file(area)) ? BranchIdentity.parse(Files.readString(file(area))) : Optional.empty();
        Cluster source = Cluster.ofSource(transport, transport.controlFile());
        BranchIdentity.Match match =
                sealed.isEmpty() ? BranchIdentity.Match.UNKNOWN : sealed.get().compare(transport.wal(), source);
        return switch (match) {
            case SAME -> Optional.empty();
            case DIFFERENT ->
                Optional.of(new Problem(
                        Kind.OTHER_REWIND_INTERRUPTED,
                        "an earlier rewind of the target was interrupted, and went to another branch than the source's: to "
                                + sealed.orElseThrow().name(),
                        cure(area)));
            case UNKNOWN ->
                Optional.of(new Problem(
                        Kind.HISTORY_UNKNOWN,
                        "an earlier rewind of the target was interrupted, and it cannot be told whether it went to the"
                                + " source's branch: the source no longer has the WAL that shows it",
                        cure(area)));
        };
    }

    private static String cure(StagingArea area) throws IOException {
        String finish = "finish it first (resume, which needs no source), start the target as a standby until it is"
                + " consistent, stop it, and plan again";
        return area.state() == StagingArea.State.SEALED
                ? finish + "; or, as nothing of it has been applied yet, remove \"" + area.manifest()
                        + "\" and plan again."
                : finish + ".";
    }
}
