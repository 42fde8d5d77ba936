package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.internal.rewind.evidence.Preconditions;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.SourceProblem;
import org.pgrewind4j.wal.control.ControlFile;
import org.pgrewind4j.wal.control.ControlFilePatch;

/** What control files alone say against a rewind. */
class ControlFilePreconditionsTest {

    private static final String MADE_ANEW = "re-create the target from a base backup.";

    private Preconditions preconditions = new Preconditions();

    private static ControlFile source(UnaryOperator<ControlFileBytes> change) {
        return change.apply(ControlFileBytes.stopped()).build();
    }

    private static ControlFile target(UnaryOperator<ControlFilePatch> change) {
        return change.apply(ControlFileBytes.stopped().build().patch()).build();
    }

    private List<String> pair(ControlFile source) {
        preconditions.checkPair(ControlFileBytes.stopped().build(), source);
        return preconditions.problems().stream().map(Problem::toString).toList();
    }

    private List<Problem> problems() {
        return preconditions.problems();
    }

    @Test
    void equalClustersAreFine() {
        assertThat(pair(source(file -> file))).isEmpty();
        preconditions.checkTarget(target(file -> file));
        preconditions.checkSource(source(file -> file), SourceMode.PRIMARY, List.of());
        assertThat(problems()).isEmpty();
    }

    @Test
    void namesBothSystemsAsUnsignedNumbers() {
        assertThat(pair(source(file -> file.systemIdentifier(-1))))
                .containsExactly("the clusters are from different systems: system identifier 7 on the target,"
                        + " 18446744073709551615 on the source\nHINT: check the paths; a cluster can only be rewound to"
                        + " one that was a copy of it.");
        assertThat(problems()).extracting(Problem::kind).containsExactly(Kind.DIFFERENT_SYSTEM);
    }

    @Test
    void namesEachDifferenceInLayout() {
        assertThat(pair(source(file -> file.blockSize(4096)
                        .relationSegmentBlocks(1)
                        .walBlockSize(16384)
                        .dataChecksumVersion(0)
                        .walSegmentSize(1 << 20))))
                .containsExactly(
                        "the clusters differ in block size: 8192 on the target, 4096 on the source\nHINT: " + MADE_ANEW,
                        "the clusters differ in blocks per relation segment: 131072 on the target, 1 on the source"
                                + "\nHINT: " + MADE_ANEW,
                        "the clusters differ in WAL block size: 8192 on the target, 16384 on the source\nHINT: "
                                + MADE_ANEW,
                        "the clusters differ in data checksum version: 1 on the target, 0 on the source\nHINT: "
                                + MADE_ANEW,
                        "the clusters differ in WAL segment size: 16777216 on the target, 1048576 on the source"
                                + "\nHINT: " + MADE_ANEW);
        assertThat(problems()).extracting(Problem::kind).containsOnly(Kind.DIFFERENT_LAYOUT);
    }

    @Test
    void hintBitsMustBeLoggedOneWayOrTheOther() {
        preconditions.checkTarget(
                ControlFileBytes.stopped().dataChecksumVersion(0).build());
        assertThat(problems())
                .containsExactly(new Problem(
                        Kind.HINT_BITS_NOT_LOGGED,
                        "the target has neither data checksums nor wal_log_hints = on",
                        "its WAL does not name all changed pages: re-create the target from a base backup, and set one of"
                                + " the two for the next time."));

        preconditions = new Preconditions();
        preconditions.checkTarget(ControlFileBytes.stopped()
                .dataChecksumVersion(0)
                .build()
                .patch()
                .walLogHintsOn()
                .build());
        assertThat(problems()).isEmpty();
    }

    @Test
    void minimalWalDoesNotNameAllPages() {
        preconditions.checkTarget(ControlFileBytes.stopped().walLevel(0).build());

        assertThat(problems())
                .containsExactly(new Problem(
                        Kind.WAL_LEVEL_MINIMAL,
                        "the target ran with wal_level = minimal, so its WAL does not name all changed pages",
                        "re-create the target from a base backup."));
    }

    /** It leaves settings behind that no server ran with: neither is to be named, nor to be set. */
    @Test
    void clusterWhoseWalWasResetIsRefusedAsSuch() {
        ControlFile reset = ControlFileBytes.stopped()
                .walLevel(0)
                .dataChecksumVersion(0)
                .checkPoint(new Lsn(0x7000028), new Lsn(0x7000028))
                .build();
        preconditions.checkTarget(reset);
        preconditions.checkWalOf(reset);

        String cure = "re-create the target from a base backup of the source.";
        assertThat(problems())
                .containsExactly(
                        new Problem(
                                Kind.TARGET_NOT_CONSISTENT,
                                "pg_resetwal was run on the target, so its WAL does not name the pages that changed",
                                cure),
                        new Problem(
                                Kind.SOURCE_UNUSABLE,
                                "pg_resetwal was run on the source, so it has no WAL that leads from the divergence to"
                                        + " its files",
                                cure));

        preconditions = new Preconditions();
        preconditions.checkTarget(ControlFileBytes.stopped()
                .walLevel(0)
                .checkPoint(new Lsn(0x7000060), new Lsn(0x7000060))
                .build());
        assertThat(problems()).extracting(Problem::kind).containsExactly(Kind.WAL_LEVEL_MINIMAL);
    }

    @Test
    void halfRestoredTargetIsRefusedByEachOfItsMarks() {
        Problem problem = new Problem(
                Kind.TARGET_NOT_CONSISTENT,
                "the target is half restored: it stopped before it reached the end of its backup or rewind",
                "start it as a standby until it is consistent, stop it, and rewind again.");
        List<UnaryOperator<ControlFilePatch>> marks = List.of(
                file -> file.backupStartPoint(new Lsn(1)),
                file -> file.backupEndPoint(new Lsn(1)),
                ControlFilePatch::backupEndRequired);
        for (UnaryOperator<ControlFilePatch> mark : marks) {
            preconditions = new Preconditions();
            preconditions.checkTarget(target(mark));
            assertThat(problems()).containsExactly(problem);
        }
        preconditions = new Preconditions();
        preconditions.checkTarget(target(file -> file.minRecoveryPoint(new Lsn(1), new TimelineId(1))));
        assertThat(problems()).isEmpty();
    }

    /** Its pages can be newer than the end that its control file knows. */
    @Test
    void halfRestoredSourceIsRefused() {
        preconditions.checkSource(target(file -> file.backupStartPoint(new Lsn(1000))), SourceMode.STOPPED, List.of());

        assertThat(problems())
                .containsExactly(new Problem(
                        Kind.SOURCE_UNUSABLE,
                        "the source is half restored: it stopped before it reached the end of its backup or rewind",
                        "start it as a standby until it is consistent, and rewind again."));
    }

    @Test
    void fullPageWritesOffIsNamedOnceAndOfARunningSourceOnly() {
        ControlFile source = source(file -> file.fullPageWritesOff());
        preconditions.checkSource(
                source,
                SourceMode.PRIMARY,
                List.of(new SourceProblem(
                        SourceProblem.Kind.FULL_PAGE_WRITES_OFF, "full_page_writes is off", "set it")));
        assertThat(problems())
                .containsExactly(new Problem(Kind.FULL_PAGE_WRITES_OFF, "full_page_writes is off", "set it"));

        preconditions = new Preconditions();
        preconditions.checkSource(source, SourceMode.PRIMARY, List.of());
        assertThat(problems())
                .containsExactly(new Problem(
                        Kind.FULL_PAGE_WRITES_OFF,
                        "full_page_writes was off on the source at its last checkpoint",
                        "set full_page_writes = on there, run a CHECKPOINT, and rewind again."));

        preconditions = new Preconditions();
        preconditions.checkSource(source, SourceMode.STOPPED, List.of());
        assertThat(problems()).isEmpty();
    }

    @Test
    void eachProblemOfTheSourceHasAKind() {
        for (SourceProblem.Kind kind : SourceProblem.Kind.values()) {
            preconditions.checkSource(
                    source(file -> file),
                    SourceMode.PRIMARY,
                    List.of(new SourceProblem(kind, kind.name() + " found", "do something")));
        }
        assertThat(problems())
                .extracting(problem -> problem.kind() + ": " + problem.message())
                .containsExactlyInAnyOrder(
                        "SOURCE_NOT_STOPPED: SERVER_RUNNING found",
                        "SOURCE_NOT_STOPPED: NOT_SHUT_DOWN found",
                        "FULL_PAGE_WRITES_OFF: FULL_PAGE_WRITES_OFF found",
                        "SOURCE_UNUSABLE: NOT_PERMITTED found",
                        "SOURCE_UNUSABLE: UNSUPPORTED_RELEASE found",
                        "SOURCE_UNUSABLE: OTHER found");
    }
}
