package org.pgrewind4j.core.internal.rewind.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;

class ArchivedNamesakesTest {

    private static final int SIZE = 1 << 20;
    private static final WalSegmentName FIRST = new WalSegmentName(new TimelineId(2), 4, SIZE);
    private static final Lsn FROM = FIRST.begin().plus(1000);
    private static final Lsn END = FIRST.end().plus(70_000);

    private final byte[] own = new byte[2 * SIZE];
    private final byte[] archived = new byte[2 * SIZE];

    private static WalSegmentSource source(byte[] bytes, int length) {
        return name -> {
            int begin = (int) name.begin().minus(FIRST.begin());
            return Optional.of(new WalSegment() {
                @Override
                public int read(ByteBuffer target, long position) {
                    int count = (int) Math.min(target.remaining(), length - position);
                    if (count <= 0) {
                        return -1;
                    }
                    target.put(bytes, (int) (begin + position), count);
                    return count;
                }

                @Override
                public void close() {}
            });
        };
    }

    private Optional<Problem> check(int archivedLength) throws IOException {
        return ArchivedNamesakes.check(
                List.of(name -> Optional.empty(), source(archived, archivedLength)),
                source(own, SIZE),
                List.of(FIRST, FIRST.next()),
                FROM,
                END);
    }

    @Test
    void onlyWhatReplayReadsCounts() throws IOException {
        archived[999] = 1;
        archived[SIZE + 70_000] = 1;
        assertThat(check(SIZE)).isEmpty();

        archived[1000] = 1;
        assertThat(check(SIZE).orElseThrow().message()).endsWith(" replay reads: " + FIRST);

        archived[SIZE + 69_999] = 1;
        assertThat(check(SIZE).orElseThrow().message()).endsWith(" replay reads: " + FIRST + ", " + FIRST.next());
    }

    @Test
    void shortSegmentIsComparedAsFarAsItGoes() throws IOException {
        archived[500_000] = 1;
        assertThat(check(499_999)).isEmpty();
        assertThat(check(500_001)).isPresent();
    }

    @Test
    void archiveStandsInForTheSourceOnlyWhereThereAreNotTwoBranches() {
        List<NeededWal> wal = List.of(new NeededWal(FIRST, Origin.ARCHIVE), new NeededWal(FIRST.next(), Origin.SOURCE));
        Problem differs = new Problem(Kind.HISTORY_DIFFERS, "m", "c");

        assertThat(ArchivedNamesakes.unproven(wal, List.of())).isEmpty();
        assertThat(ArchivedNamesakes.unproven(wal.subList(1, 2), List.of(differs)))
                .isEmpty();
        assertThat(ArchivedNamesakes.unproven(wal, List.of(differs)))
                .contains(new Problem(
                        Kind.HISTORY_UNKNOWN,
                        "replay needs WAL that the source no longer has, and it cannot be told whether the archive's is of"
                                + " the source's branch: " + FIRST,
                        "run a CHECKPOINT on the source, so that replay starts later, and plan again."));
    }
}
