package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablespacePolicyTest {

    @TempDir
    Path folder;

    @Test
    void permitsWhatLiesBelowARoot() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        TablespacePolicy policy = TablespacePolicy.below(folder.resolve("missing"), root);

        assertThat(policy.permits(root.resolve("a/b"))).isTrue();
        assertThat(policy.permits(Files.createDirectory(root.resolve("there")))).isTrue();
        assertThat(policy.permits(root)).isFalse();
        assertThat(policy.permits(folder.resolve("root2/a"))).isFalse();
        assertThat(policy.permits(folder.resolve("missing/a"))).isFalse();
    }

    @Test
    void followsLinksBeforeItDecides() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(folder.resolve("in"), root);

        assertThat(TablespacePolicy.below(root).permits(root.resolve("out/a"))).isFalse();
        assertThat(TablespacePolicy.below(folder.resolve("in")).permits(folder.resolve("in/a")))
                .isTrue();
    }

    @Test
    void permitsNothingUnlessItIsTold() throws IOException {
        assertThat(TablespacePolicy.none().permits(folder)).isFalse();
        assertThat(TablespacePolicy.anywhere().permits(folder)).isTrue();
    }
}
