package org.pgrewind4j.core.internal.rewind.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.DivergedPair;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

@Tag("server")
class LastSharedRecordTest {

    /** Within the last record before the divergence, and the alignment behind it. */
    private static final int BEFORE = 16;

    private static RewindPlan plan(PostgresServer target, PostgresServer source) throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            return Rewind.of(target.dataDirectory()).from(transport).plan();
        }
    }

    /** Replay reads the source's segment there, and would not come behind that. */
    @Test
    void sourceWhoseSharedWalBreaksOffIsNotReplayed() throws IOException {
        try (DivergedPair pair =
                DivergedPair.of(PostgresServer.builder(ServerRelease.of("17")).withChecksums())) {
            PostgresServer source = pair.copyOfSource();
            RewindPlan whole = plan(pair.target(), source);
            assertThat(whole.verdict()).isEqualTo(Verdict.REWIND);
            Lsn divergence = whole.divergence().orElseThrow().position();

            damage(source.dataDirectory().resolve("pg_wal"), divergence.plus(-BEFORE));

            RewindPlan broken = plan(pair.target(), source);
            assertThat(broken.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(broken.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(Kind.HISTORY_UNKNOWN);
                assertThat(problem.message())
                        .startsWith("it cannot be told whether both have the same history up to " + divergence + ": ");
            });
        }
    }

    /** On each timeline that the segment is there for. */
    private static void damage(Path directory, Lsn position) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> segments = files.filter(file -> file.getFileName()
                            .toString()
                            .matches("[0-9A-F]{8}0{15}" + Long.toHexString(position.value() >> 24)))
                    .toList();
            assertThat(segments).isNotEmpty();
            for (Path segment : segments) {
                try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), position.value() & 0xFFFFFF);
                }
            }
        }
    }
}
