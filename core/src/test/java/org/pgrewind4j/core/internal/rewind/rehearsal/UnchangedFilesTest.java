package org.pgrewind4j.core.internal.rewind.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.PassingSource;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.ThinPair;
import org.pgrewind4j.core.TreeState;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.Transport;

/** A stopped source into whose directory somebody writes. */
@Tag("server")
class UnchangedFilesTest {

    @FunctionalInterface
    private interface Change {
        void make(Path file) throws IOException;
    }

    @Test
    void namesTheFileThatChangedWhileItWasCopied(@TempDir Path folder) throws IOException {
        try (ThinPair pair = ThinPair.in(folder)) {
            pair.restore();
            CopyFile copy = pair.plan().actions().stream()
                    .filter(CopyFile.class::isInstance)
                    .map(CopyFile.class::cast)
                    .filter(file -> file.path().toString().startsWith("pg_xact"))
                    .findFirst()
                    .orElseThrow();
            Path file = copy.path().in(folder.resolve("source/data"));
            byte[] content = Files.readAllBytes(file);
            String where = "the rewind of \"" + pair.target() + "\" failed: file \"" + copy.path() + "\" of "
                    + pair.source().description() + " changed while it was copied: expected " + copy.size()
                    + " bytes, ";
            var before = TreeState.contents(pair.base());

            assertRefused(
                    pair,
                    copy.path(),
                    where + "found " + (copy.size() + 1),
                    grown -> Files.write(grown, new byte[1], StandardOpenOption.APPEND));
            Files.write(file, content);
            assertRefused(pair, copy.path(), where + "it is gone", Files::delete);

            assertThat(TreeState.contents(pair.base())).isEqualTo(before);
        }
    }

    private static void assertRefused(ThinPair pair, DataPath path, String message, Change change) {
        Transport source = new PassingSource(pair.source()) {
            @Override
            public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
                super.fetch(ranges, receiver);
                if (ranges.stream().anyMatch(range -> range.path().equals(path))) {
                    change.make(path.in(pair.folder().resolve("source/data")));
                }
            }
        };
        RewindPlan plan = pair.rewind(source).plan();
        assertThatThrownBy(plan::execute)
                .isInstanceOfSatisfying(
                        RewindException.class,
                        e -> assertThat(e.targetState()).isEqualTo(RewindException.TargetState.UNTOUCHED))
                .hasMessageStartingWith(message + "\nHINT: let nothing write to the source, and rewind again.")
                .hasCauseInstanceOf(SourceChangedException.class);
    }
}
