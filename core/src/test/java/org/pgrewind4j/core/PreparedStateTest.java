package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** A source was writing the states of its prepared transactions while they were listed and read. */
@Tag("server")
class PreparedStateTest {

    /** Whether 16 digits name a state, or 8. */
    private static final int LONG_NAMES = 17;

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void stateThatWasBeingWrittenIsMadeByReplay(String release) throws IOException {
        Map<String, DataPath> states = new HashMap<>();
        try (DivergedPair pair = DivergedPair.of(
                        PostgresServer.builder(ServerRelease.of(release))
                                .withChecksums()
                                .setting("max_prepared_transactions", "5"),
                        first -> first.execute("CREATE TABLE t (id int)"),
                        shared -> {},
                        old -> old.execute("INSERT INTO t VALUES (100)"),
                        promoted -> {
                            prepare(promoted, "empty");
                            prepare(promoted, "half");
                            promoted.checkpoint();
                            List.of("empty", "half").forEach(name -> states.put(name, state(promoted, name)));
                        });
                LocalDirectoryTransport source =
                        LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            DataPath damaged = states.get("half").parent().orElseThrow().resolve("00000003");
            Path file = Files.write(damaged.in(pair.source().dataDirectory()), new byte[60]);
            assertThatThrownBy(() -> rewind(pair, source))
                    .isInstanceOf(RewindException.class)
                    .hasMessageContaining(
                            "\"" + damaged + "\" of the source is not whole, and the WAL that replay reads does"
                                    + " not hold the PREPARE TRANSACTION that would write it again");
            Files.delete(file);

            Map<DataPath, Long> unfinished = Map.of(states.get("empty"), 0L, states.get("half"), 60L);
            rewind(pair, new UnfinishedStates(source, unfinished));

            assertThat(states.values())
                    .allSatisfy(path ->
                            assertThat(path.in(pair.target().dataDirectory())).doesNotExist());
            pair.target().start();
            pair.target().execute("COMMIT PREPARED 'empty'", "COMMIT PREPARED 'half'");
            assertThat(pair.target().query("SELECT id FROM t ORDER BY id"))
                    .isEqualTo(List.of(List.of("4"), List.of("5")));
        }
    }

    private static void rewind(DivergedPair pair, Transport source) {
        Rewind.of(pair.target().dataDirectory())
                .from(source)
                .durability(Durability.NO_SYNC)
                .plan()
                .execute();
    }

    private static void prepare(PostgresServer server, String name) {
        server.execute("BEGIN", "INSERT INTO t SELECT length('" + name + "')", "PREPARE TRANSACTION '" + name + "'");
    }

    private static DataPath state(PostgresServer server, String name) {
        long xid = Long.parseLong(server.value("SELECT transaction FROM pg_prepared_xacts WHERE gid = '" + name + "'"));
        boolean isLong = server.release().isAtLeast(LONG_NAMES);
        return DataPath.of(String.format(Locale.ROOT, isLong ? "pg_twophase/%016X" : "pg_twophase/%08X", xid));
    }

    /** Lists and reads some states as they were when so much of each was written. */
    private static final class UnfinishedStates extends PassingSource {

        private final Map<DataPath, Long> lengths;

        UnfinishedStates(Transport source, Map<DataPath, Long> lengths) {
            super(source);
            this.lengths = lengths;
        }

        @Override
        public void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
            super.list(closed, file -> {
                Long length = lengths.get(file.path());
                visitor.visit(length == null ? file : SourceFile.file(file.path(), length));
            });
        }

        @Override
        public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
            super.fetch(ranges, new PassingReceiver(receiver) {
                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    Long length = lengths.get(ranges.get(range).path());
                    if (length != null) {
                        chunk.limit((int) Math.min(chunk.limit(), chunk.position() + length));
                    }
                    super.bytes(range, offset, chunk);
                }

                @Override
                public void end(int range, long delivered) throws IOException {
                    super.end(range, lengths.getOrDefault(ranges.get(range).path(), delivered));
                }
            });
        }
    }
}
