package org.pgrewind4j.core.internal.rewind;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Compare;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.core.internal.rewind.settings.Settings;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.PostgresVersion;

class TargetRequirementsTest {

    private static final DataPath ABANDONED = DataPath.of("abandoned");

    private static Settings settings(Path target) {
        return new Settings(
                target,
                null,
                BlockSelection.MINIMAL,
                CopyMode.STAGED,
                Compare.NEVER,
                ImmutableList.of(),
                segment -> false,
                path -> false,
                null,
                Optional.empty(),
                Durability.NO_SYNC,
                1,
                null,
                null,
                null,
                Verify.NOTHING,
                Optional.empty());
    }

    private static List<Problem> problems(Path target, String mountInfo) throws IOException {
        Preconditions preconditions = new Preconditions();
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.openToLookAt(target)) {
            Listing listing = Listing.of(transport, Set.of(), new RelationGeometry(PostgresVersion.V17, 8192, 131072));
            new TargetRequirements(settings(target), listing, Obstacles.of(mountInfo))
                    .check(List.of(new RemoveDirectory(ABANDONED)), List.of(), preconditions);
        }
        return preconditions.problems();
    }

    /** It would be noticed when all else has been done, and cannot be taken back. */
    @Test
    void directoryThatIsRemovedMustNotBeAMountPoint(@TempDir Path folder) throws IOException {
        Path target = folder.toRealPath();
        Files.createDirectory(target.resolve("global"));
        Path abandoned = Files.createDirectory(ABANDONED.in(target));
        String mount = "36 22 98:0 / %s rw,relatime shared:1 - tmpfs tmpfs rw\n";

        assertThat(problems(target, mount.formatted(abandoned)))
                .containsExactly(new Problem(
                        Kind.UNWRITABLE_PATH,
                        "\"" + abandoned + "\" is to be removed, and something is mounted there",
                        "unmount it."));
        assertThat(problems(target, mount.formatted(target.resolve("global")))).isEmpty();
    }
}
