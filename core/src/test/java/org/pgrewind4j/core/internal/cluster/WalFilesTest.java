package org.pgrewind4j.core.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.NeededWal;
import org.pgrewind4j.core.NeededWal.Origin;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.wal.WalSegmentName;

/** Segments of 1 MB; the source left timeline 1 within segment 5 and timeline 2 within segment 7. */
class WalFilesTest {

    private static final int SEGMENT = 1 << 20;
    private static final Lsn FIRST_SWITCH = new Lsn(0x580000);
    private static final Lsn SECOND_SWITCH = new Lsn(0x780000);
    private static final TimelineHistory HISTORY = TimelineHistory.ofSingle(new TimelineId(1))
            .switchTo(new TimelineId(2), FIRST_SWITCH, "promoted")
            .switchTo(new TimelineId(3), SECOND_SWITCH, "promoted again");

    private final Map<String, Long> target = new TreeMap<>();
    private final Map<String, Long> source = new TreeMap<>();

    private static String name(int timeline, int number) {
        return new WalSegmentName(new TimelineId(timeline), number, SEGMENT).fileName();
    }

    private void onTarget(String... names) {
        for (String name : names) {
            target.put("pg_wal/" + name, (long) SEGMENT);
        }
    }

    private void onSource(String... names) {
        for (String name : names) {
            source.put("pg_wal/" + name, (long) SEGMENT);
        }
    }

    private WalFiles files(Lsn divergence) {
        WalFiles files = new WalFiles("pg_wal", SEGMENT, HISTORY, divergence);
        pairs().forEach(files::note);
        return files;
    }

    private List<Listing.Pair> pairs() {
        Set<String> paths = new TreeSet<>(target.keySet());
        paths.addAll(source.keySet());
        return paths.stream()
                .map(path -> new Listing.Pair(DataPath.of(path), file(path, source), file(path, target)))
                .toList();
    }

    private static SourceFile file(String path, Map<String, Long> side) {
        Long size = side.get(path);
        return size == null ? null : SourceFile.file(DataPath.of(path), size);
    }

    private static List<String> names(List<WalSegmentName> segments) {
        return segments.stream().map(WalSegmentName::fileName).toList();
    }

    private static List<String> copied(WalFiles files, Lsn redo, Lsn end) {
        return files.copies(redo, end).stream()
                .peek(copy -> assertThat(copy.size()).isEqualTo(SEGMENT))
                .map(copy -> copy.path().fileName())
                .toList();
    }

    /** What is done to all paths, as text; copies of segments apart. */
    private List<String> decided(WalFiles files, Lsn redo, Lsn end) {
        Set<DataPath> copied =
                files.copies(redo, end).stream().map(CopyFile::path).collect(Collectors.toSet());
        return pairs().stream()
                .filter(pair -> files.isOfSegment(pair.path()))
                .flatMap(pair -> files.decide(pair, copied).stream())
                .map(action -> (action instanceof RemoveFile ? "remove " : "copy ")
                        + action.path().toString().substring("pg_wal/".length()))
                .toList();
    }

    @Test
    void needsEachSegmentOnTheNewestTimelineThatHasIt() {
        assertThat(names(files(FIRST_SWITCH).needed(new Lsn(0x400028), new Lsn(0x800100))))
                .containsExactly(name(1, 4), name(2, 5), name(2, 6), name(3, 7), name(3, 8));
    }

    @Test
    void needsTheLastSegmentOnTheTimelineOfTheEnd() {
        assertThat(names(files(FIRST_SWITCH).needed(new Lsn(0x500028), new Lsn(0x710000))))
                .containsExactly(name(2, 5), name(2, 6), name(2, 7));
    }

    @Test
    void needsNoSegmentThatBeginsAtTheEnd() {
        assertThat(names(files(FIRST_SWITCH).needed(new Lsn(0x500028), new Lsn(0x600000))))
                .containsExactly(name(2, 5));
    }

    @Test
    void needsTheSegmentOfTheStartWhereReplayEndsAtOnce() {
        assertThat(names(files(FIRST_SWITCH).needed(new Lsn(0x500028), new Lsn(0x500028))))
                .containsExactly(name(1, 5));
    }

    @Test
    void copiesFromTheSegmentOfTheDivergenceOn() {
        onTarget(name(1, 3), name(1, 4), name(1, 5), name(1, 6));
        onSource(name(1, 3), name(1, 4), name(1, 5), name(2, 5), name(2, 6), name(2, 7), name(3, 7));
        WalFiles files = files(FIRST_SWITCH);

        assertThat(copied(files, new Lsn(0x400028), new Lsn(0x7A0000)))
                .containsExactly(name(2, 5), name(2, 6), name(3, 7));
        assertThat(decided(files, new Lsn(0x400028), new Lsn(0x7A0000)))
                .containsExactly("remove " + name(1, 5), "remove " + name(1, 6));
    }

    /** Those of the timelines that end within a segment which replay reads, unless the target has only shared WAL in it. */
    @Test
    void repeatsSegmentsInWhichATimelineEnds() {
        onTarget(name(1, 4), name(1, 5), name(2, 5));
        onSource(name(2, 5), name(2, 6), name(3, 7));
        Lsn later = new Lsn(0x790000);

        assertThat(repeated(files(FIRST_SWITCH), FIRST_SWITCH, new Lsn(0x7A0000)))
                .containsExactly(name(1, 5) + " to 0/580000", name(2, 7) + " to 0/780000");
        assertThat(repeated(files(later), later, new Lsn(0x7A0000))).containsExactly(name(2, 7) + " to 0/780000");
    }

    /** What a standby gets by itself cannot be repeated, but the target has it up to the divergence. */
    @Test
    void repeatsWhatTheTargetHasWhereNobodyHasTheNextTimeline() {
        onTarget(name(1, 5));

        assertThat(repeated(files(FIRST_SWITCH), FIRST_SWITCH, new Lsn(0x7A0000)))
                .containsExactly(name(1, 5) + " to 0/580000");
        target.clear();
        assertThat(repeated(files(FIRST_SWITCH), FIRST_SWITCH, new Lsn(0x7A0000)))
                .isEmpty();
    }

    private static List<String> repeated(WalFiles files, Lsn divergence, Lsn end) {
        List<NeededWal> needed = files.needed(new Lsn(0x400028), end).stream()
                .map(name -> new NeededWal(name, files.origin(name)))
                .toList();
        return new EndedTimelines(files, HISTORY, divergence)
                .repeated(needed, end).stream()
                        .map(repeat -> repeat.path().fileName() + " to " + repeat.end())
                        .toList();
    }

    @Test
    void repeatsASegmentOnEachOfTheTimelinesThatEndInIt() {
        Lsn second = new Lsn(0x5C0000);
        Lsn end = new Lsn(0x5D0000);
        TimelineHistory history = TimelineHistory.ofSingle(new TimelineId(1))
                .switchTo(new TimelineId(2), FIRST_SWITCH, "promoted")
                .switchTo(new TimelineId(3), second, "promoted again");
        onTarget(name(1, 5));
        onSource(name(3, 5));
        WalFiles files = new WalFiles("pg_wal", SEGMENT, history, FIRST_SWITCH);
        pairs().forEach(files::note);
        List<NeededWal> needed = files.needed(new Lsn(0x500028), end).stream()
                .map(name -> new NeededWal(name, files.origin(name)))
                .toList();

        assertThat(new EndedTimelines(files, history, FIRST_SWITCH).repeated(needed, end))
                .extracting(repeat -> repeat.path().fileName() + " to " + repeat.end())
                .containsExactly(name(1, 5) + " to " + FIRST_SWITCH, name(2, 5) + " to " + second);
    }

    @Test
    void nothingIsArchivedOfASegmentInWhichATimelineEnds() {
        onTarget(name(1, 5));
        target.put("pg_wal/archive_status/" + name(1, 5) + ".ready", 0L);
        target.put("pg_wal/archive_status/" + name(1, 5) + ".done", 0L);
        onSource(name(1, 5), name(2, 5));
        source.put("pg_wal/archive_status/" + name(1, 5) + ".ready", 0L);
        source.put("pg_wal/archive_status/" + name(1, 5) + ".partial.ready", 0L);
        WalFiles files = files(FIRST_SWITCH);
        DataPath repeated = DataPath.of("pg_wal/" + name(1, 5));

        assertThat(pairs().stream()
                        .filter(pair -> files.isOfSegment(pair.path()))
                        .flatMap(pair -> files.decide(pair, Set.of(repeated)).stream()))
                .containsExactly(new RemoveFile(DataPath.of("pg_wal/archive_status/" + name(1, 5) + ".ready")));
    }

    @Test
    void keepsASegmentThatEndsAtTheDivergence() {
        Lsn divergence = new Lsn(0x500000);
        TimelineHistory history =
                TimelineHistory.ofSingle(new TimelineId(1)).switchTo(new TimelineId(2), divergence, "promoted");
        onTarget(name(1, 4), name(1, 5));
        onSource(name(1, 4), name(2, 5));
        WalFiles files = new WalFiles("pg_wal", SEGMENT, history, divergence);
        pairs().forEach(files::note);

        assertThat(names(files.needed(new Lsn(0x400028), new Lsn(0x500100)))).containsExactly(name(1, 4), name(2, 5));
        assertThat(copied(files, new Lsn(0x400028), new Lsn(0x500100))).containsExactly(name(2, 5));
        assertThat(decided(files, new Lsn(0x400028), new Lsn(0x500100))).containsExactly("remove " + name(1, 5));
    }

    @Test
    void fetchesWhatTheTargetLostOfTheSharedWal() {
        onTarget(name(1, 3));
        target.put("pg_wal/" + name(1, 4), 100L);
        onSource(name(1, 3), name(1, 4), name(2, 5));

        assertThat(copied(files(FIRST_SWITCH), new Lsn(0x300028), new Lsn(0x590000)))
                .containsExactly(name(1, 4), name(2, 5));
    }

    @Test
    void saysWhereEachNeededSegmentComesFrom() {
        onTarget(name(1, 3), name(1, 5));
        onSource(name(1, 4), name(2, 5));
        source.put("pg_wal/" + name(2, 6), 100L);
        WalFiles files = files(FIRST_SWITCH);

        assertThat(origins(files, new Lsn(0x300028), new Lsn(0x6A0000)))
                .containsExactly(Origin.TARGET, Origin.SOURCE, Origin.SOURCE, Origin.MISSING);
    }

    private static List<Origin> origins(WalFiles files, Lsn redo, Lsn end) {
        return files.needed(redo, end).stream().map(files::origin).toList();
    }

    @Test
    void keepsSharedSegmentsOnEachTimelineThatBothWereOn() {
        Lsn divergence = new Lsn(0x7C0000);
        onTarget(name(1, 5), name(2, 5), name(2, 6), name(3, 6), name(3, 7), name(4, 7), name(4, 6));
        onSource(name(3, 7));

        assertThat(decided(files(divergence), new Lsn(0x600028), new Lsn(0x7A0000)))
                .containsExactly("remove " + name(4, 6), "remove " + name(4, 7));
    }

    @Test
    void fetchesAnotherSegmentForARecordThatGoesOnBehindTheEnd() {
        onSource(name(2, 5), name(2, 6));

        assertThat(copied(files(FIRST_SWITCH), new Lsn(0x580028), new Lsn(0x5FFFF8)))
                .containsExactly(name(2, 5), name(2, 6));
        assertThat(copied(files(FIRST_SWITCH), new Lsn(0x580028), new Lsn(0x5F0000)))
                .containsExactly(name(2, 5));
    }

    @Test
    void takesSegmentsForGrantedThatARunningSourceHasBegunSince() {
        onSource(name(2, 5), name(2, 6));
        WalFiles files = files(FIRST_SWITCH);

        assertThat(files.copiesUpTo(new Lsn(0x580028), new Lsn(0x7A0000)))
                .extracting(copy -> copy.path().fileName())
                .containsExactly(name(2, 5), name(2, 6), name(3, 7));
    }

    @Test
    void doesNotTakeAGapForGranted() {
        onSource(name(2, 5), name(3, 7));

        assertThat(files(FIRST_SWITCH).copiesUpTo(new Lsn(0x580028), new Lsn(0x7A0000)))
                .extracting(copy -> copy.path().fileName())
                .containsExactly(name(2, 5), name(3, 7));
    }

    @Test
    void removesPartialSegmentsOfTheAbandonedBranchAndBringsNone() {
        onTarget(name(1, 4) + ".partial", name(1, 5) + ".partial");
        onSource(name(1, 5) + ".partial", name(2, 5), name(2, 4) + ".partial");

        assertThat(decided(files(FIRST_SWITCH), new Lsn(0x580028), new Lsn(0x590000)))
                .containsExactly("remove " + name(1, 5) + ".partial");
    }

    @Test
    void statusFilesGoWhereTheirSegmentsGo() {
        onTarget(name(1, 3), name(1, 4), name(1, 5), name(2, 5));
        for (String status :
                List.of(name(1, 3) + ".done", name(1, 4) + ".ready", name(1, 5) + ".ready", name(2, 5) + ".ready")) {
            target.put("pg_wal/archive_status/" + status, 0L);
        }
        onSource(name(1, 4), name(2, 5), name(2, 6));
        for (String status :
                List.of(name(1, 4) + ".done", name(2, 5) + ".done", name(2, 6) + ".ready", name(2, 9) + ".done")) {
            source.put("pg_wal/archive_status/" + status, 0L);
        }

        assertThat(decided(files(FIRST_SWITCH), new Lsn(0x400028), new Lsn(0x6A0000)))
                .containsExactlyInAnyOrder(
                        "remove " + name(1, 5),
                        "remove archive_status/" + name(1, 5) + ".ready",
                        "copy archive_status/" + name(2, 5) + ".done",
                        "remove archive_status/" + name(2, 5) + ".ready",
                        "copy archive_status/" + name(2, 6) + ".ready");
    }

    @Test
    void statusFilesOfBackupsGoWhereTheirBackupsGo() {
        onTarget(name(1, 3));
        target.put("pg_wal/" + name(1, 3) + ".00000028.backup", 300L);
        target.put("pg_wal/archive_status/" + name(1, 3) + ".00000028.backup.ready", 0L);
        target.put("pg_wal/archive_status/" + name(1, 3) + ".00000058.backup.done", 0L);
        source.put("pg_wal/" + name(1, 3) + ".00000058.backup", 300L);
        source.put("pg_wal/" + name(1, 3) + ".00000088.backup", 300L);
        source.put("pg_wal/archive_status/" + name(1, 3) + ".00000088.backup.ready", 0L);

        assertThat(decided(files(FIRST_SWITCH), new Lsn(0x400028), new Lsn(0x6A0000)))
                .contains(
                        "remove archive_status/" + name(1, 3) + ".00000028.backup.ready",
                        "copy archive_status/" + name(1, 3) + ".00000088.backup.ready")
                .doesNotContain("remove archive_status/" + name(1, 3) + ".00000058.backup.done");
    }

    @Test
    void leavesOtherFilesOfTheDirectoryToOthers() {
        WalFiles files = files(FIRST_SWITCH);
        for (String path : List.of(
                "pg_wal/00000002.history",
                "pg_wal/archive_status",
                "pg_wal/archive_status/00000002.history.done",
                "pg_wal/" + name(1, 4) + ".00000028.backup",
                "pg_wal/xlogtemp.123",
                "pg_wal/summaries/0000000100000000010000280000000002000028.summary",
                "base/" + name(1, 4),
                "pg_wal")) {
            assertThat(files.isOfSegment(DataPath.of(path))).as(path).isFalse();
        }
        for (String path : List.of(name(1, 4), name(1, 4) + ".partial", "archive_status/" + name(1, 4) + ".ready")) {
            assertThat(files.isOfSegment(DataPath.of("pg_wal/" + path)))
                    .as(path)
                    .isTrue();
        }
    }
}
