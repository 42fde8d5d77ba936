package org.pgrewind4j.transport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.Failover;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.ReplayEnd;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.control.ClusterState;
import org.pgrewind4j.wal.control.ControlFile;

@Tag("server")
class LocalDirectoryTransportTest {

    @Test
    void wantsADataDirectory(@TempDir Path empty) {
        assertThatThrownBy(() -> LocalDirectoryTransport.open(empty))
                .isInstanceOfSatisfying(DataDirectoryException.class, e -> {
                    assertThat(e.side()).isEqualTo(Side.SOURCE);
                    assertThat(e.reason()).isEqualTo(DataDirectoryException.Reason.NOT_A_CLUSTER);
                    assertThat(e.getFile()).isEqualTo(empty.toString());
                })
                .hasMessage("the source \"" + empty + "\" is not a data directory: it has no \"global/pg_control\"\n"
                        + "HINT: check the path: it must be a data directory.");
    }

    @Test
    void reportsARunningServerAndACrashAsProblems() throws IOException {
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).build()) {
            server.initialize();
            server.start();
            String description = "data directory \"" + server.dataDirectory() + "\"";
            SourceProblem crashed = new SourceProblem(
                    SourceProblem.Kind.NOT_SHUT_DOWN,
                    "source data directory must be shut down cleanly: " + description
                            + ": expected state \"shut down\" or \"shut down in recovery\", found \"in production\"",
                    "start the source server and stop it again, or use it as a live source");
            long postmaster = PostmasterPid.read(server.dataDirectory())
                    .orElseThrow()
                    .processId()
                    .getAsLong();
            assertThat(problems(server))
                    .containsExactlyInAnyOrder(
                            crashed,
                            new SourceProblem(
                                    SourceProblem.Kind.SERVER_RUNNING,
                                    "a server runs on the source " + description + ": postmaster.pid: process "
                                            + postmaster + " is alive",
                                    "stop the source server, or use it as a live source"));
            server.kill();
            assertThat(problems(server)).containsExactly(crashed);
            server.start();
            server.stop(StopMode.FAST);
            assertThat(problems(server)).isEmpty();
        }
    }

    private static List<SourceProblem> problems(PostgresServer server) throws IOException {
        try (Transport transport = LocalDirectoryTransport.open(server.dataDirectory())) {
            return transport.problems();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "12", "18"})
    void replaysToTheLastCheckpointOfAPrimaryAndToTheRecoveryPointOfAStandby(String release) throws IOException {
        try (Failover failover =
                Failover.of(PostgresServer.builder(ServerRelease.of(release)).build())) {
            failover.primary().execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS id", "CHECKPOINT");
            failover.primary().execute("INSERT INTO t SELECT generate_series(1, 10000)");
            failover.standby().catchUpWith(failover.primary());
            failover.standby().stop(StopMode.FAST);
            ControlFile standby = controlFile(failover.standby());
            assertThat(standby.state()).isEqualTo(ClusterState.SHUT_DOWN_IN_RECOVERY);
            assertThat(standby.minRecoveryPoint()).isGreaterThan(standby.checkPoint());
            assertThat(end(failover.standby())).isEqualTo(List.of(standby.minRecoveryPoint(), new TimelineId(1)));

            failover.standby().start();
            PostgresServer promoted = failover.promoteStandby();
            promoted.execute("INSERT INTO t VALUES (1)");
            promoted.stop(StopMode.FAST);
            ControlFile primary = controlFile(promoted);
            assertThat(end(promoted)).isEqualTo(List.of(primary.checkPoint(), new TimelineId(2)));
        }
    }

    private static ControlFile controlFile(PostgresServer server) throws IOException {
        return ControlFile.parse(Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
    }

    private static List<Object> end(PostgresServer server) throws IOException {
        try (Transport transport = LocalDirectoryTransport.open(server.dataDirectory())) {
            ReplayEnd end = transport.replayEnd();
            assertThat(end.controlFile().toBytes())
                    .isEqualTo(controlFile(server).toBytes());
            return List.of(end.lsn(), end.timeline());
        }
    }

    @Test
    void noticesThatAServerWorkedOnTheDirectory() throws IOException {
        try (PostgresServer server =
                PostgresServer.builder(ServerRelease.newest()).build()) {
            server.initialize();
            try (Transport transport = LocalDirectoryTransport.open(server.dataDirectory())) {
                transport.replayEnd();
                server.start();
                String message = "source system was modified while it was copied: data directory \""
                        + server.dataDirectory()
                        + "\": its control file is no longer the one that it was opened with, state now \"";
                assertThatThrownBy(transport::replayEnd)
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessage(message + "in production\"");
                server.stop(StopMode.FAST);
                assertThatThrownBy(transport::replayEnd)
                        .isInstanceOf(SourceChangedException.class)
                        .hasMessage(message + "shut down\"");
            }
        }
    }

    /** The directory's present name came with 10. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "10"})
    void followsAWalDirectoryThatLiesElsewhere(String name) throws IOException {
        ServerRelease release = ServerRelease.of(name);
        try (PostgresServer server = PostgresServer.builder(release).build()) {
            server.initialize();
            Path wal = server.dataDirectory().resolve(release.walDirectory());
            Path moved = Files.move(wal, server.dataDirectory().resolveSibling("wal-elsewhere"));
            Files.createSymbolicLink(wal, moved);
            DataPath link = DataPath.of(release.walDirectory());
            List<SourceFile> listed = new ArrayList<>();
            try (Transport transport = LocalDirectoryTransport.open(server.dataDirectory())) {
                transport.list(Set.of(), listed::add);
                ReplayEnd end = transport.replayEnd();
                WalSegmentName last = WalSegmentName.containing(
                        end.timeline(), end.lsn(), end.controlFile().walSegmentSize());
                assertThat(listed)
                        .contains(SourceFile.symlink(link, moved.toString()))
                        .contains(SourceFile.file(
                                link.resolve(last.fileName()), end.controlFile().walSegmentSize()));
                try (var segment = transport.wal().open(last).orElseThrow()) {
                    assertThat(segment.read(ByteBuffer.allocate(100), 0)).isPositive();
                }
                assertThat(transport.read(link.resolve(last.fileName()), 1 << 24))
                        .hasSize(1 << 24);
            }
        }
    }

    /** Takes a part of each range from the open file, and the rest as pieces. */
    private static final class Transferring implements RangeReceiver {
        private final FileChannel copy;
        private final long most;
        private final List<Long> delivered = new ArrayList<>();

        Transferring(FileChannel copy, long most) {
            this.copy = copy;
            this.most = most;
        }

        @Override
        public long transfer(int range, FileChannel file, long offset, long length) throws IOException {
            return file.transferTo(offset, Math.min(most, length), copy.position(offset));
        }

        @Override
        public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
            copy.write(chunk, offset);
        }

        @Override
        public void end(int range, long bytes) {
            delivered.add(bytes);
        }

        @Override
        public void vanished(int range) {
            delivered.add(-1L);
        }
    }

    private static Path emptyDataDirectory(Path folder) throws IOException {
        Path data = folder.resolve("data");
        Files.createDirectories(data.resolve("global"));
        Files.write(DataPath.CONTROL_FILE.in(data), new byte[ControlFile.SIZE]);
        return data;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5_000, 299_999, 300_000, 400_000})
    void offersAnOpenFileAndBringsWhatWasNotTakenOfIt(long most, @TempDir Path folder) throws IOException {
        Path data = emptyDataDirectory(folder);
        byte[] content = new byte[300_000];
        new Random(most).nextBytes(content);
        DataPath path = DataPath.of("file");
        Files.write(path.in(data), content);
        Path copy = folder.resolve("copy");
        try (Transport transport = LocalDirectoryTransport.open(data);
                FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            Transferring receiver = new Transferring(channel, most);

            transport.fetch(
                    List.of(
                            new FileRange(path, 100_000, 100_000),
                            new FileRange(path, 0, 100_000),
                            new FileRange(DataPath.of("missing"), 0, 10),
                            new FileRange(path, 200_000, 200_000)),
                    receiver);

            assertThat(receiver.delivered).containsExactly(100_000L, 100_000L, -1L, 100_000L);
        }
        assertThat(copy).hasBinaryContent(content);
    }

    /** Takes pieces as if they had been copied, and does something then. */
    private static RangeReceiver taking(Runnable then) {
        return new RangeReceiver() {
            @Override
            public long transfer(int range, FileChannel file, long offset, long length) {
                then.run();
                return length;
            }

            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) {}

            @Override
            public void end(int range, long delivered) {}

            @Override
            public void vanished(int range) {}
        };
    }

    @Test
    void anInterruptOrACloseEndsATransferAfterTheNextPiece(@TempDir Path folder) throws IOException {
        Path data = emptyDataDirectory(folder);
        DataPath path = DataPath.of("file");
        long length = 100L << 20;
        try (FileChannel sparse =
                FileChannel.open(path.in(data), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            sparse.write(ByteBuffer.allocate(1), length - 1);
        }
        List<FileRange> ranges = List.of(new FileRange(path, 0, length));
        try (Transport transport = LocalDirectoryTransport.open(data)) {
            assertThatThrownBy(() -> transport.fetch(
                            ranges, taking(() -> Thread.currentThread().interrupt())))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();

            assertThatThrownBy(() -> transport.fetch(ranges, taking(() -> closed(transport))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("transport was closed while it was read");
        }
    }

    private static void closed(Transport transport) {
        try {
            transport.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
