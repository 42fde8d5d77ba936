package org.pgrewind4j.core.internal.rewind.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Rewound;
import org.pgrewind4j.core.TreeState;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** A database that the source made by copying files of another one, which both sides changed. */
@Tag("server")
class TemplateCheckTest {

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void refusesToCopyRowsOfTheFuture(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release, promoted -> {
            promoted.execute(createCopy(release));
            promoted.executeIn("template", "INSERT INTO r VALUES ('after the copy was made')");
        })) {
            PostgresServer target = pair.target();
            Map<String, String> before = TreeState.contents(target.dataDirectory());
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(pair.source().dataDirectory())) {
                for (CopyMode mode : CopyMode.values()) {
                    RewindPlan plan = Rewind.of(target.dataDirectory())
                            .from(source)
                            .copyMode(mode)
                            .plan();

                    RewindException refusal = catchThrowableOfType(RewindException.class, plan::execute);

                    assertThat(refusal.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED);
                    assertThat(refusal)
                            .hasMessageContaining("by copying the files of database")
                            .hasMessageContaining("HINT: drop that database on the source and create it again");
                    assertThat(TreeState.contents(target.dataDirectory())).isEqualTo(before);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void copiesRowsOfThePast(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release, promoted -> {
            promoted.executeIn("template", "INSERT INTO r VALUES ('before the copy was made')");
            promoted.execute(createCopy(release));
        })) {
            Rewound.of(pair.target(), pair.source(), BlockSelection.MINIMAL).startAndCompare();
        }
    }

    private static String createCopy(ServerRelease release) {
        return "CREATE DATABASE copy TEMPLATE template" + (release.isAtLeast(15) ? " STRATEGY file_copy" : "");
    }

    /** Both sides change one page of the template, so the target needs it from the source. */
    private static DivergedPair pair(ServerRelease release, Consumer<PostgresServer> ofSource) {
        return DivergedPair.of(
                PostgresServer.builder(release).withChecksums(),
                shared -> {
                    shared.execute("CREATE DATABASE template");
                    shared.executeIn("template", "CREATE TABLE r (v text)", "INSERT INTO r VALUES ('shared')");
                    // Else replay would build the page from scratch, and no copy of it would be needed.
                    shared.checkpoint();
                },
                old -> old.executeIn("template", "INSERT INTO r VALUES ('lost')"),
                ofSource);
    }
}
