package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;

/** A running source that cut every relation between being listed and being read. */
@Tag("server")
class CutSourceTest {

    @ParameterizedTest
    @EnumSource
    void filesThatWereCutAreCutOnTheTargetToo(CopyMode mode, @TempDir Path folder) throws IOException {
        try (ThinPair pair = ThinPair.in(folder)) {
            pair.restore();
            RewindPlan plan =
                    pair.rewind(new CutSource(pair.source())).copyMode(mode).plan();

            plan.execute();

            assertThat(plan.actions())
                    .filteredOn(CopyRanges.class::isInstance)
                    .isNotEmpty()
                    .allSatisfy(action -> assertThat(action.path().in(pair.target()))
                            .hasSize(((CopyRanges) action).ranges().get(0).offset()));
        }
    }

    /** A cut configuration or state file would be wrong, and nothing would mend it. */
    @Test
    void filesThatGrewSinceTheyWereListedComeWhole(@TempDir Path folder) throws IOException {
        try (ThinPair pair = ThinPair.in(folder)) {
            pair.restore();
            Path configuration = DataPath.of("postgresql.conf").in(pair.target());
            byte[] whole = pair.source().read(DataPath.of("postgresql.conf"), 1 << 20);
            assertThat(whole).hasSizeGreaterThan(10);

            pair.rewind(new GrownSource(pair.source())).plan().execute();

            assertThat(configuration).hasBinaryContent(whole);
        }
    }

    private static final class GrownSource extends PassingSource {

        GrownSource(Transport source) {
            super(source);
        }

        @Override
        public SourceMode mode() {
            return SourceMode.PRIMARY;
        }

        @Override
        public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
            super.list(
                    closed,
                    file -> visitor.visit(
                            file.path().toString().equals("postgresql.conf")
                                    ? SourceFile.file(file.path(), file.size() - 10)
                                    : file));
        }
    }

    private static final class CutSource extends PassingSource {

        CutSource(Transport source) {
            super(source);
        }

        @Override
        public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
            super.fetch(ranges, new PassingReceiver(receiver) {
                private boolean isCut(int range) {
                    return ranges.get(range).path().toString().matches("(base|pg_tblspc)/.*");
                }

                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    if (!isCut(range)) {
                        super.bytes(range, offset, chunk);
                    }
                }

                @Override
                public void end(int range, long delivered) throws IOException {
                    super.end(range, isCut(range) ? 0 : delivered);
                }
            });
        }
    }
}
