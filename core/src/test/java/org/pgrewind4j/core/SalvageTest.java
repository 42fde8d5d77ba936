package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.files.FileOperations;
import org.pgrewind4j.core.internal.salvage.Undo;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.control.ControlFile;

/** A rewind keeps what it overwrites, and an undo makes of the target what it was, whatever happens on the way. */
@Tag("server")
class SalvageTest {

    private static final Logger LOG = Logger.getLogger("org.pgrewind4j");
    private static final String NOT_AS_LEFT = "the target is not what the rewind of this bundle left";

    @TempDir
    private static Path folder;

    private static ThinPair pair;

    private Path bundle;
    private Map<String, String> before;

    @BeforeAll
    static void diverge() throws IOException {
        LOG.setLevel(Level.SEVERE);
        pair = ThinPair.in(folder);
    }

    @AfterAll
    static void close() {
        LOG.setLevel(null);
        pair.close();
    }

    @BeforeEach
    void restore() throws IOException {
        bundle = pair.base().resolve("bundle");
        prepare();
        before = state();
    }

    /** With rights that nothing else has, and the place of the new tablespace, which no undo removes. */
    private void prepare() throws IOException {
        pair.restore();
        Files.createDirectories(pair.base().resolve("spaces/made/comes"));
        Path abandoned = pair.target().resolve("abandoned/deep");
        Files.setPosixFilePermissions(abandoned, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setPosixFilePermissions(abandoned.resolve("file"), PosixFilePermissions.fromString("r--r-----"));
    }

    /** To the last byte, and behind all links. */
    private Map<String, String> state() {
        Map<String, String> state = TreeState.contents(pair.base());
        state.keySet()
                .removeIf(path ->
                        path.startsWith("bundle") || path.contains("/pgrewind4j.") || path.endsWith("/postmaster.pid"));
        return state;
    }

    private Rewind rewind() {
        return pair.rewind().salvage(bundle);
    }

    private void undo() {
        RewindBundle.open(bundle).undo(pair.target(), Durability.NO_SYNC, RewindListener.none());
    }

    @Test
    void undoBringsBackWhatWasThere() {
        RewindPlan plan = rewind().plan();
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.actions())
                .hasAtLeastOneElementOfType(FileAction.CreateDirectory.class)
                .hasAtLeastOneElementOfType(FileAction.CreateTablespaceLink.class)
                .hasAtLeastOneElementOfType(FileAction.CopyFile.class)
                .hasAtLeastOneElementOfType(FileAction.CopyRanges.class)
                .hasAtLeastOneElementOfType(FileAction.Truncate.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveFile.class)
                .hasAtLeastOneElementOfType(FileAction.RemoveDirectory.class);
        plan.execute();
        assertThat(state()).isNotEqualTo(before);

        undo();
        assertThat(state()).isEqualTo(before);
        assertThat(pair.target().resolve("pgrewind4j.staging")).doesNotExist();
        undo();
        assertThat(state()).isEqualTo(before);

        // The bundle of a rewind that was undone is of no further use.
        rewind().compare(Compare.ALWAYS).plan().execute();
        assertThat(state()).isNotEqualTo(before);
        undo();
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void undoIsRefusedWhereTheTargetIsNotWhatTheRewindLeft() throws IOException {
        rewind().plan().execute();
        RewindBundle kept = RewindBundle.open(bundle);
        Path file = pair.target().resolve("added/deep/file");
        Files.writeString(file, "y");
        assertRefused(kept, "the target was changed since the rewind of this bundle: ");
        Files.writeString(file, "z");

        Path control = DataPath.CONTROL_FILE.in(pair.target());
        byte[] rewound = Files.readAllBytes(control);
        Files.write(
                control,
                ControlFile.parse(rewound).patch().time(Instant.EPOCH).build().toBytes());
        assertRefused(kept, NOT_AS_LEFT);
        Files.write(control, rewound);

        // A rewind to be finished first.
        prepare();
        assertThatThrownBy(() -> Execution.execute(
                        Plans.order(rewind().plan()),
                        FailingFiles.before("move to " + control, new ForgetfulDisk(pair.base(), Set.of()))))
                .isInstanceOf(RewindException.class);
        assertRefused(RewindBundle.open(bundle), "a rewind of the target was interrupted");
        Rewind.resume(pair.target(), RewindListener.none());
        undo();
        assertThat(state()).isEqualTo(before);
    }

    private void assertRefused(RewindBundle kept, String message) {
        Map<String, String> found = state();
        RewindException refusal = catchThrowableOfType(
                RewindException.class, () -> kept.undo(pair.target(), Durability.NO_SYNC, RewindListener.none()));
        assertThat(refusal.getCause())
                .isInstanceOfSatisfying(
                        RewindRefusedException.class,
                        cause -> assertThat(cause.problems()).singleElement().satisfies(problem -> {
                            assertThat(problem.kind()).isEqualTo(Problem.Kind.NOT_AS_REWOUND);
                            assertThat(problem.message()).startsWith(message);
                        }));
        assertThat(state()).isEqualTo(found);
    }

    @Test
    void damagedBundleIsRefused() throws IOException {
        rewind().plan().execute();
        Map<String, String> rewound = state();
        Random random = new Random(1);
        List<Path> parts;
        try (Stream<Path> files = Files.list(bundle)) {
            parts = files.toList();
        }
        assertThat(parts).hasSize(5);
        for (Path part : parts) {
            byte[] sound = Files.readAllBytes(part);
            byte[] spoilt = sound.clone();
            int at = part.endsWith("bundle.json")
                    ? new String(sound, StandardCharsets.UTF_8).indexOf("sha256") + 12
                    : random.nextInt(sound.length);
            spoilt[at] ^= 1;
            Files.write(part, spoilt);
            assertThatThrownBy(this::undo)
                    .isInstanceOf(PgRewindException.class)
                    .hasMessageStartingWith("the bundle is damaged: ");
            Files.delete(part);
            assertThatThrownBy(this::undo).isInstanceOf(PgRewindException.class);
            Files.write(part, sound);
        }
        assertThat(state()).isEqualTo(rewound);
        undo();
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void refusesAPlaceForTheBundleThatIsNone() throws IOException {
        assertThat(kinds(pair.target().resolve("bundle"))).containsExactly(Problem.Kind.UNWRITABLE_PATH);
        assertThat(kinds(pair.base().resolve("no/bundle"))).containsExactly(Problem.Kind.UNWRITABLE_PATH);
        assertThat(kinds(pair.base())).containsExactly(Problem.Kind.UNWRITABLE_PATH);
        assertThatThrownBy(() -> rewind().copyMode(CopyMode.IN_PLACE).plan())
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Problem.Kind> kinds(Path place) {
        return pair.rewind().salvage(place).plan().problems().stream()
                .map(Problem::kind)
                .toList();
    }

    /** Each so many operations of a rewind that keeps, and of an undo, are its last; every second time the machine crashes. */
    @Test
    void interruptedAnywhereTheTargetIsWhatItWasOrCanBecomeIt() throws IOException {
        RewindPlan plan = rewind().plan();
        FailingFiles counting = FailingFiles.at(Integer.MAX_VALUE, new ForgetfulDisk(pair.base(), Set.of()));
        Execution.execute(Plans.order(plan), counting);
        int ofRewind = counting.count();
        counting = FailingFiles.at(Integer.MAX_VALUE, new ForgetfulDisk(pair.base(), Set.of()));
        Undo.undo(bundle, pair.target(), counting, RewindListener.none());
        int ofUndo = counting.count();
        assertThat(state()).isEqualTo(before);

        for (int n = 1; n <= ofUndo; n += oddStep(ofUndo)) {
            Random random = new Random(n);
            prepare();
            rewind().plan().execute();
            ForgetfulDisk disk = new ForgetfulDisk(pair.base(), Set.of());
            FileOperations failing = FailingFiles.at(n, disk);
            dies(() -> Undo.undo(bundle, pair.target(), failing, RewindListener.none()));
            crashEverySecondTime(n, disk, random);
            Undo.undo(bundle, pair.target(), disk, RewindListener.none());
            assertThat(state()).as("operation " + n + " of an undo").isEqualTo(before);
        }
        for (int n = 1; n <= ofRewind; n += oddStep(ofRewind)) {
            prepare();
            RewindPlan again = rewind().plan();
            ForgetfulDisk disk = new ForgetfulDisk(pair.base(), Set.of());
            FileOperations failing = FailingFiles.at(n, disk);
            dies(() -> Execution.execute(Plans.order(again), failing));
            crashEverySecondTime(n, disk, new Random(n));
            Rewind.resume(pair.target(), RewindListener.none());
            if (Files.exists(bundle.resolve("bundle.json"))) {
                RewindBundle.open(bundle).undo(pair.target(), Durability.NO_SYNC, RewindListener.none());
            }
            assertThat(state()).as("operation " + n + " of a rewind").isEqualTo(before);
        }
    }

    /** So that even and odd operations take turns. */
    private static int oddStep(int operations) {
        return operations / 8 | 1;
    }

    /** Or outlives it, where all that failed is to remove what was staged. */
    private static void dies(ThrowingCallable work) {
        Throwable death = catchThrowable(work);
        if (death != null) {
            assertThat(death).isInstanceOf(PgRewindException.class);
        }
    }

    private static void crashEverySecondTime(int n, ForgetfulDisk disk, Random random) throws IOException {
        if (n % 2 == 0) {
            disk.crash(random, random.nextInt(4) / 3.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.6", "18"})
    void undoneServerIsTheOldPrimary(String release) throws IOException {
        try (DivergedPair servers = DivergedPair.of(
                PostgresServer.builder(ServerRelease.of(release)).withChecksums())) {
            Path target = servers.target().dataDirectory();
            Path kept = folder.resolve("kept" + release);
            Map<String, String> old = TreeState.contents(target);
            byte[] control = Files.readAllBytes(DataPath.CONTROL_FILE.in(target));
            try (LocalDirectoryTransport source =
                    LocalDirectoryTransport.open(servers.source().dataDirectory())) {
                Rewind.of(target)
                        .from(source)
                        .durability(Durability.NO_SYNC)
                        .salvage(kept)
                        .plan()
                        .execute();
            }
            assertThat(TreeState.contents(target)).isNotEqualTo(old);

            RewindBundle.open(kept).undo(target, Durability.NO_SYNC, RewindListener.none());

            assertThat(TreeState.contents(target)).isEqualTo(old);
            assertThat(Files.readAllBytes(DataPath.CONTROL_FILE.in(target))).isEqualTo(control);
            servers.target().start();
            assertThat(servers.target().value("SELECT count(*) FROM t WHERE v = 'lost' AND id > 1000"))
                    .isNotEqualTo("0");
            assertThat(servers.target().value("SELECT count(*) FROM t WHERE v = 'new'"))
                    .isEqualTo("0");
        }
    }
}
