package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Tag;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentName;

/**
 * One flipped byte in what a plan is made from. Where a CRC guards it, the plan is the same, or there is none; elsewhere
 * it may be another one. It is never an error that is not the library's own.
 */
@Tag("server")
class CorruptedInputTest {

    private static final int SEGMENT = 1 << 20;

    /** Fields and CRC; behind them a control file is zeros, which nobody reads. */
    private static final int CONTROL_FILE = 300;

    private static DivergedPair pair;
    private static RewindPlan sound;

    @BeforeContainer
    static void diverge() throws IOException {
        pair = DivergedPair.of(
                PostgresServer.builder(ServerRelease.of("17")).withChecksums().walSegmentMegabytes(1));
        sound = plan();
        assertThat(sound.verdict()).isEqualTo(Verdict.REWIND);
    }

    @AfterContainer
    static void close() {
        pair.close();
    }

    private static RewindPlan plan() throws IOException {
        try (LocalDirectoryTransport transport =
                LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            return Rewind.of(pair.target().dataDirectory())
                    .from(transport)
                    .threads(1)
                    .plan();
        }
    }

    /** What becomes of the plan, in words, with one byte of a file changed. */
    private static String planWith(Path file, long position, int flip) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(position);
            int sane = open.read();
            write(open, position, sane ^ flip);
            try {
                return outcome(plan());
            } catch (PgRewindException e) {
                return "error";
            } finally {
                write(open, position, sane);
            }
        }
    }

    private static void write(RandomAccessFile file, long position, int value) throws IOException {
        file.seek(position);
        file.write(value);
    }

    private static String outcome(RewindPlan plan) {
        if (plan.verdict() == Verdict.REFUSED) {
            return "refused";
        }
        boolean isSame = plan.actions().equals(sound.actions())
                && Objects.equals(plan.redo(), sound.redo())
                && Objects.equals(plan.checkPoint(), sound.checkPoint())
                && Objects.equals(plan.divergence(), sound.divergence());
        return isSame ? "same" : "other";
    }

    private static Path inTarget(String path) {
        return pair.target().dataDirectory().resolve(path);
    }

    private static Path inSource(String path) {
        return pair.source().dataDirectory().resolve(path);
    }

    @Property(tries = 100)
    void controlFileOfTheTarget(
            @ForAll @IntRange(max = CONTROL_FILE) int position, @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        assertThat(planWith(inTarget("global/pg_control"), position, flip)).isIn("same", "refused");
    }

    @Property(tries = 100)
    void controlFileOfTheSource(
            @ForAll @IntRange(max = CONTROL_FILE) int position, @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        assertThat(planWith(inSource("global/pg_control"), position, flip)).isIn("same", "refused");
    }

    @Property(tries = 200)
    void walOfTheTarget(@ForAll long at, @ForAll @IntRange(min = 1, max = 255) int flip) throws IOException {
        Lsn redo = sound.redo().orElseThrow();
        long length = sound.targetEnd().orElseThrow().minus(redo);
        Lsn position = redo.plus(Math.floorMod(at, length));
        String segment =
                WalSegmentName.containing(new TimelineId(1), position, SEGMENT).fileName();

        // Of what replay does not read, only the sizes count.
        assertThat(planWith(inTarget("pg_wal/" + segment), position.value() % SEGMENT, flip))
                .isIn("same", "refused", "error");
    }

    @Property(tries = 100)
    void historyOfTheSource(@ForAll int at, @ForAll @IntRange(min = 1, max = 255) int flip) throws IOException {
        Path history = inSource("pg_wal/00000002.history");

        // A digit can become another one: then it is another history, which may be one.
        assertThat(planWith(history, Math.floorMod(at, Files.size(history)), flip))
                .isIn("same", "refused", "error", "other");
    }

    @Property(tries = 100)
    void labelOfTheTarget(@ForAll byte[] label) throws IOException {
        Path file = inTarget("backup_label");
        Files.write(file, label);
        try {
            assertThat(plan().problems()).extracting(Problem::kind).containsExactly(Problem.Kind.BACKUP_LABEL_PRESENT);
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 50)
    void processFilesOfBothSides(@ForAll byte[] content) throws IOException {
        List<Path> files = List.of(inTarget("postmaster.pid"), inSource("postmaster.pid"));
        for (Path file : files) {
            Files.write(file, content);
        }
        try {
            assertThat(plan().verdict()).isIn(Verdict.REFUSED, Verdict.REWIND);
        } finally {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
