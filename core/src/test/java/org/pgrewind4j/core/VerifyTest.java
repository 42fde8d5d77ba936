package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.RewindException.TargetState;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.WalSegmentName;

/** What verification finds when something else changes the target between the last write and its look at it. */
@Tag("server")
class VerifyTest {

    private static final int BLOCK = 8192;

    @TempDir
    static Path made;

    private static ThinPair pair;
    private static RewindPlan plan;

    @BeforeAll
    static void diverge() throws IOException {
        pair = ThinPair.in(made);
        pair.restore();
        plan = pair.plan();
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @BeforeEach
    void restore() throws IOException {
        pair.restore();
    }

    /** Something that is done to the target. */
    private interface Change {
        void perform() throws IOException;
    }

    private static RewindListener whenVerified(Change change) {
        return new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                if (phase == Phase.VERIFY) {
                    try {
                        change.perform();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        };
    }

    private static RewindReport rewind(RewindListener listener) {
        return pair.rewind().verify(Verify.RESULT).listener(listener).plan().execute();
    }

    /** Rewinds, changes the result, and returns what verification says of it. */
    private static VerificationException found(Change change) {
        RewindListener listener = whenVerified(change);
        VerificationException found = catchThrowableOfType(VerificationException.class, () -> rewind(listener));
        assertThat(found).isNotNull();
        assertThat(found.targetState()).isEqualTo(TargetState.RESUMABLE);
        assertThat(DataPath.CONTROL_FILE.in(pair.target())).doesNotExist();
        assertThat(found)
                .hasMessage(String.format(
                                Locale.ROOT,
                                "verification failed: \"%s\", byte %d: expected %s, found %s\nHINT: the target is half applied and",
                                found.path(),
                                found.offset(),
                                found.expected(),
                                found.found())
                        + " does not start; remove the cause and resume, which needs the source no longer.");
        return found;
    }

    private static Path inTarget(Object path) {
        return pair.target().resolve(path.toString());
    }

    private static void flip(Path file, long offset) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.read(one, offset);
            one.put(0, (byte) ~one.get(0));
            channel.write(one.flip(), offset);
        }
    }

    private static <T extends FileAction> T action(Class<T> kind) {
        return plan.actions().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    private static CopyFile copied(String pathPattern) {
        return plan.actions().stream()
                .filter(CopyFile.class::isInstance)
                .map(CopyFile.class::cast)
                .filter(copy -> copy.size() > 0 && copy.path().toString().matches(pathPattern))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tellsWhatItFoundRight() {
        List<Phase> phases = new ArrayList<>();
        RewindReport report = rewind(new RewindListener() {
            @Override
            public void phaseStarted(Phase phase) {
                phases.add(phase);
            }
        });

        assertThat(phases).containsExactly(Phase.values());
        assertThat(report.times()).containsKey(Phase.VERIFY);
        Verification verification = report.verification().orElseThrow();
        assertThat(verification.paths()).isEqualTo(report.filesChanged() + report.filesRemoved());
        // The backup label was not copied.
        assertThat(verification.bytes()).isGreaterThan(report.bytes().total());
        assertThat(verification.pages()).isGreaterThan(report.bytes().blocks());
        assertThat(verification.pagesWithChecksum()).isBetween(1L, verification.pages());
        assertThat(verification.walFrom()).isEqualTo(report.redo().orElseThrow());
        assertThat(verification.walTo()).isEqualTo(report.replayEnd().orElseThrow());
        assertThat(verification.walRecords()).isGreaterThan(10);
        assertThat(verification.walToRestore()).isEmpty();
    }

    @Test
    void isNotDoneUnlessItIsAskedFor() throws IOException {
        assertThat(pair.plan().execute().verification()).isEmpty();
    }

    @Test
    void findsAPageThatWasDamaged() {
        CopyRanges patched = action(CopyRanges.class);
        long page = patched.ranges().get(0).offset();

        VerificationException found = found(() -> flip(inTarget(patched.path()), page + 5000));

        assertThat(found.path()).isEqualTo(inTarget(patched.path()));
        assertThat(found.offset()).isEqualTo(page);
        assertThat(found.expected()).isEqualTo("a page with a good checksum");
        assertThat(found.found()).matches("checksum [0-9A-F]{4} of block " + page / BLOCK);
    }

    @Test
    void findsAPageThatWasNotWritten() {
        CopyRanges patched = action(CopyRanges.class);
        long page = patched.ranges().get(0).offset();

        VerificationException found = found(() -> {
            try (FileChannel channel = FileChannel.open(inTarget(patched.path()), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(BLOCK), page);
            }
        });

        assertThat(found.path()).isEqualTo(inTarget(patched.path()));
        assertThat(found.offset()).isEqualTo(page);
        assertThat(found.expected()).matches("\\d+ bytes with CRC [0-9A-F]{8}");
        assertThat(found.found()).matches("[0-9A-F]{8}");
    }

    @Test
    void findsAChangeInACopiedFile() {
        CopyFile copy = copied("pg_xact/.*");

        VerificationException found = found(() -> flip(inTarget(copy.path()), 0));

        assertThat(found.path()).isEqualTo(inTarget(copy.path()));
        assertThat(found.expected()).startsWith(copy.size() + " bytes with CRC ");
    }

    @Test
    void findsAFileOfTheWrongSizeOrNone() throws IOException {
        CopyFile copy = copied("pg_xact/.*");
        Path file = inTarget(copy.path());

        VerificationException longer = found(() -> Files.write(file, new byte[1], StandardOpenOption.APPEND));
        assertThat(longer)
                .hasMessageStartingWith(String.format(
                        Locale.ROOT,
                        "verification failed: \"%s\", byte %d: expected a file of %2$d bytes, found %d",
                        file,
                        copy.size(),
                        copy.size() + 1));

        pair.restore();
        VerificationException missing = found(() -> Files.delete(file));
        assertThat(missing)
                .hasMessageStartingWith(String.format(
                        Locale.ROOT,
                        "verification failed: \"%s\", byte 0: expected a file of %d bytes, found nothing\n",
                        file,
                        copy.size()));
    }

    @Test
    void findsAFileThatWasNotCut() {
        FileAction.Truncate cut = action(FileAction.Truncate.class);

        VerificationException found =
                found(() -> Files.write(inTarget(cut.path()), new byte[BLOCK], StandardOpenOption.APPEND));

        assertThat(found.path()).isEqualTo(inTarget(cut.path()));
        assertThat(found.offset()).isEqualTo(cut.size());
    }

    @Test
    void findsWhatWasNotRemovedOrNotMade() throws IOException {
        Path removed = inTarget(action(FileAction.RemoveFile.class).path());
        assertThat(found(() -> {
                    Files.createDirectories(removed.getParent());
                    Files.createFile(removed);
                }))
                .hasMessageContaining("\"" + removed + "\", byte 0: expected nothing, found what was to be removed");

        pair.restore();
        Path link = inTarget(action(FileAction.CreateTablespaceLink.class).path());
        assertThat(found(() -> {
                    Files.delete(link);
                    Files.createSymbolicLink(link, made);
                }))
                .hasMessageContaining("\"" + link + "\", byte 0: expected a symbolic link, one to \""
                        + action(FileAction.CreateTablespaceLink.class).location() + "\", found one to \"" + made
                        + "\"");
    }

    private static Path lastSegment() {
        WalSegmentName last =
                Plans.facts(plan)
                        .walFiles()
                        .needed(plan.redo().orElseThrow(), plan.replayEnd().orElseThrow())
                        .stream()
                        .reduce((one, next) -> next)
                        .orElseThrow();
        return inTarget("pg_wal/" + last.fileName());
    }

    private static Path firstSegment() {
        return inTarget("pg_wal/"
                + Plans.facts(plan)
                        .walFiles()
                        .needed(plan.redo().orElseThrow(), plan.replayEnd().orElseThrow())
                        .get(0)
                        .fileName());
    }

    @Test
    void findsWalThatIsGone() {
        Path segment = firstSegment();

        assertThat(found(() -> Files.delete(segment)))
                .hasMessageContaining("\"" + segment + "\", byte 0: expected a WAL segment, found nothing");
    }

    @Test
    void letsWalBeGoneThatTheStandbyRestores() throws IOException {
        String name = firstSegment().getFileName().toString();
        Path ofSource = made.resolve("source/data/pg_wal").resolve(name);
        Path away = made.resolve(name);
        Files.move(ofSource, away);
        RewindReport report;
        try {
            report = pair.rewind()
                    .verify(Verify.RESULT)
                    .restorable(segment -> segment.fileName().equals(name))
                    .plan()
                    .execute();
        } finally {
            Files.move(away, ofSource);
        }

        assertThat(report.verification().orElseThrow().walToRestore())
                .extracting(WalSegmentName::fileName)
                .containsExactly(name);
        assertThat(report.verification().orElseThrow().walRecords()).isPositive();
    }

    @Test
    void findsWalOfAnotherCluster() {
        Path segment = firstSegment();

        VerificationException found = found(() -> flip(segment, 24));

        assertThat(found.path()).isEqualTo(segment);
        assertThat(found.offset()).isZero();
        assertThat(found.expected())
                .startsWith("a segment header of release 17, system "
                        + Long.toUnsignedString(
                                Plans.facts(plan).targetControl().systemIdentifier()) + ", timeline 1, ");
        assertThat(found.found()).startsWith("a segment header of release 17, system ");
    }

    @Test
    void findsARecordThatIsDamaged() {
        long redo = plan.redo().orElseThrow().value() % (1 << 20);
        // Behind the header of the first record, so its CRC tells.
        VerificationException found = found(() -> flip(firstSegment(), redo + 30));

        assertThat(found.path()).isEqualTo(firstSegment());
        assertThat(found.offset()).isEqualTo(redo);
        assertThat(found.expected()).isEqualTo("WAL up to " + plan.replayEnd().orElseThrow());
        assertThat(found.found()).contains("incorrect resource manager data checksum in record at ");
    }

    @Test
    void findsWalThatEndsEarly() {
        long end = plan.replayEnd().orElseThrow().value() % (1 << 20);

        VerificationException found = found(() -> {
            try (FileChannel channel = FileChannel.open(lastSegment(), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(40), end - 40);
            }
        });

        assertThat(found.path()).isEqualTo(lastSegment());
        assertThat(found.offset()).isBetween(1L, end);
    }

    @Test
    void canBeCancelledAndDoneAgain() {
        Cancellation cancellation = Cancellation.create();
        RewindPlan cancelled = pair.rewind()
                .verify(Verify.RESULT)
                .listener(whenVerified(cancellation::cancel))
                .cancelledBy(cancellation)
                .afterSeal(AfterSeal.STOP)
                .plan();

        assertThatThrownBy(cancelled::execute)
                .isInstanceOfSatisfying(
                        RewindCancelledException.class,
                        e -> assertThat(e.targetState()).isEqualTo(TargetState.RESUMABLE));
        RewindReport report = pair.rewind().verify(Verify.RESULT).plan().execute();

        assertThat(report.verdict()).isEqualTo(Verdict.RESUME);
        assertThat(report.verification()).isPresent();
    }

    @Test
    void resumingWritesAgainWhatIsStagedAndVerifiesIt() {
        CopyRanges patched = action(CopyRanges.class);
        Change damage =
                () -> flip(inTarget(patched.path()), patched.ranges().get(0).offset() + 5000);
        VerificationException first = found(damage);

        assertThatThrownBy(() -> Rewind.resume(pair.target(), whenVerified(damage), Verify.RESULT))
                .isInstanceOf(VerificationException.class)
                .hasMessage(first.getMessage());
        Optional<RewindReport> report = Rewind.resume(pair.target(), RewindListener.none(), Verify.RESULT);

        assertThat(report).isPresent();
        assertThat(report.orElseThrow().verification()).isNotNull();
        assertThat(pair.plan().verdict()).isEqualTo(Verdict.ALREADY_REWOUND);
    }
}
