package org.pgrewind4j.wal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.testkit.RecordBody;
import org.pgrewind4j.testkit.RecordBody.Change;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.EndOfWal;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.WalCorruptException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.WalLevel;
import org.pgrewind4j.wal.WalSegmentName;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ServerSettings;
import org.pgrewind4j.wal.framing.WalPages;
import org.pgrewind4j.wal.record.DirectoryChange;
import org.pgrewind4j.wal.record.DirectoryChange.CreatedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.DroppedTablespace;
import org.pgrewind4j.wal.record.DirectoryChange.FileCopyDatabase;
import org.pgrewind4j.wal.record.DirectoryChange.LoggedDatabase;
import org.pgrewind4j.wal.record.ParameterChange;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.UnknownRelationChangeException;
import org.pgrewind4j.wal.record.WalReader;

class ChangedBlockCollectorTest {

    private static final int SEGMENT = 1 << 20;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final TimelineHistory HISTORY = TimelineHistory.ofSingle(TIMELINE);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final List<Change> CHANGES = List.of(Change.values());
    private static final RelFileLocator RELATION = new RelFileLocator(1663, 5, 16384);

    private final WalBuilder builder = builder(PostgresVersion.V15);

    private static WalBuilder builder(PostgresVersion version) {
        return new WalBuilder(version, TIMELINE, SEGMENT, START);
    }

    private static ChangedBlockCollector collector(WalSegmentSource wal, PostgresVersion version) {
        return ChangedBlockCollector.of(wal, version, SEGMENT, HISTORY).redo(START);
    }

    private ChangedBlockCollector collector() {
        return collector(builder.build(), PostgresVersion.V15);
    }

    private static byte[] body(RelFileLocator relation, int block, Change change) {
        return new RecordBody(PostgresVersion.V15)
                .block(relation, 0, block, change)
                .withMainData(new byte[0]);
    }

    /** WAL of random records over a few segments: blocks of few relations, large records, switches, lost ends. */
    private static WalBuilder randomWal(PostgresVersion version, Random random) {
        WalBuilder builder = builder(version);
        int segments = 2 + random.nextInt(3);
        while (builder.end().isBefore(START.plus((long) segments * SEGMENT))) {
            RecordBody body = new RecordBody(version);
            for (int i = random.nextInt(4); i > 0; i--) {
                RelFileLocator relation = new RelFileLocator(1663, random.nextInt(3), random.nextInt(40));
                int fork = random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0;
                Change change = CHANGES.get(random.nextInt(CHANGES.size()));
                body.block(relation, fork, random.nextInt(50) * (random.nextInt(20) == 0 ? 40_000 : 1), change);
            }
            int length = switch (random.nextInt(400)) {
                case 0 -> random.nextInt(2_000_000);
                case 1, 2, 3, 4, 5, 6 -> random.nextInt(100_000);
                default -> random.nextInt(2000);
            };
            byte[] bytes = body.withMainData(new byte[length]);
            switch (random.nextInt(800)) {
                case 0 -> builder.add(10, 0x00, bytes).switchSegment();
                case 1 -> builder.addUnfinished(random.nextInt(3), body.withMainData(new byte[40_000]));
                default -> builder.add(10, 0x00, bytes);
            }
        }
        return builder;
    }

    private static void assertSameAsModel(
            WalSegmentSource wal, PostgresVersion version, Lsn redo, Lsn divergence, Lsn end) throws IOException {
        WalReader reader = WalReader.open(wal, version, SEGMENT, HISTORY, redo).until(end);
        ChangedBlocksModel model = new ChangedBlocksModel(reader, divergence);
        reader.close();
        for (int threads = 1; threads <= 3; threads++) {
            for (int rangeSize : List.of(WalPages.PAGE_SIZE, 8 * WalPages.PAGE_SIZE, SEGMENT, 4 * SEGMENT)) {
                // Every first record is at the divergence or before, so that WAL that ends there is not an error.
                ChangedBlockCollector collector = ChangedBlockCollector.of(wal, version, SEGMENT, HISTORY)
                        .redo(redo)
                        .divergence(divergence)
                        .end(end)
                        .threads(threads)
                        .rangeSize(rangeSize);
                if (model.end.reason() != EndOfWal.Reason.LIMIT
                        && model.end.position().isBefore(divergence)) {
                    assertThat(catchThrowable(collector::collect))
                            .isInstanceOfAny(WalEndsTooEarlyException.class, MissingWalException.class);
                } else {
                    model.assertEqualTo(collector.collect());
                }
            }
        }
    }

    @Property(tries = 40)
    void givesTheSameHoweverWalIsCutAndWhoeverReads(@ForAll long seed, @ForAll PostgresVersion version)
            throws IOException {
        Random random = new Random(seed);
        WalBuilder builder = randomWal(version, random);
        List<Lsn> begins = builder.begins();
        Lsn redo = begins.get(random.nextInt(begins.size()));
        Lsn divergence = Lsn.max(redo, begins.get(random.nextInt(begins.size())));
        Lsn end = random.nextBoolean() ? Lsn.MAX : Lsn.max(divergence, begins.get(random.nextInt(begins.size())));
        assertSameAsModel(builder.build(), version, redo, divergence, end);
    }

    @Property(tries = 40)
    void findsTheSameEndHoweverWalIsCut(@ForAll long seed, @ForAll @IntRange(max = 3) int damage) throws IOException {
        Random random = new Random(seed);
        WalBuilder builder = randomWal(PostgresVersion.V17, random);
        MemoryWal wal = builder.build();
        int segments = (int) (builder.end().minus(START) / SEGMENT);
        WalSegmentName segment =
                WalSegmentName.containing(TIMELINE, START.plus(random.nextInt(segments) * (long) SEGMENT), SEGMENT);
        switch (damage) {
            case 0 -> wal.remove(segment);
            // A byte of a page's header, often of one where a range begins.
            case 1 ->
                wal.content(segment)[random.nextInt(SEGMENT / 8192) * 8192 + random.nextInt(24)] ^=
                        (byte) (1 << random.nextInt(8));
            case 2 -> wal.content(segment)[random.nextInt(SEGMENT)]++;
            // WAL that is valid by itself but does not belong here.
            default ->
                wal.put(
                        segment,
                        randomWal(PostgresVersion.V17, random)
                                .build()
                                .content(WalSegmentName.containing(TIMELINE, START, SEGMENT)));
        }
        assertSameAsModel(wal, PostgresVersion.V17, START, START, Lsn.MAX);
    }

    @Property(tries = 20)
    void stopsAtASeamWhereOtherWalGoesOn(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        // Both have records up to their second segments, which are swapped: addresses and CRCs are good.
        MemoryWal wal = randomWal(PostgresVersion.V17, random).build();
        MemoryWal other = randomWal(PostgresVersion.V17, random).build();
        WalSegmentName second = WalSegmentName.containing(TIMELINE, START.plus(SEGMENT), SEGMENT);
        wal.put(second, other.content(second));
        assertSameAsModel(wal, PostgresVersion.V17, START, START, Lsn.MAX);
    }

    @Test
    void firstReferenceDecidesWhetherABlockIsRebuilt() throws IOException {
        builder.add(10, 0, body(RELATION, 1, Change.IMAGE))
                .add(10, 0, body(RELATION, 1, Change.DATA))
                .add(10, 0, body(RELATION, 2, Change.DATA))
                .add(10, 0, body(RELATION, 2, Change.IMAGE))
                .add(10, 0, body(RELATION, 3, Change.INIT))
                .add(10, 0, body(RELATION, 4, Change.CHECK))
                .add(10, 0, body(RELATION, 5, Change.IMAGE));
        ChangedBlocks changed = collector().divergence(builder.begins().get(6)).collect();
        assertThat(changed.before()).hasToString("{1663/5/16384: 1-4}");
        assertThat(changed.rebuilt()).hasToString("{1663/5/16384: 1 3}");
        assertThat(changed.after()).hasToString("{1663/5/16384: 5}");
        assertThat(changed.records()).isEqualTo(7);
        assertThat(changed.bytes()).isEqualTo(builder.end().minus(START));
        assertThat(changed.lastRecord()).isEqualTo(builder.begins().get(6));
    }

    @Test
    void everythingIsAfterADivergenceAtTheRedoStart() throws IOException {
        builder.add(10, 0, body(RELATION, 1, Change.IMAGE));
        assertThat(collector().divergence(START).collect().after().size()).isEqualTo(1);
        assertThat(collector().collect().after().size()).isEqualTo(1);
    }

    @Test
    void leavesOutRecordsFromTheLimitOn() throws IOException {
        builder.add(10, 0, body(RELATION, 1, Change.IMAGE)).add(10, 0, body(RELATION, 2, Change.IMAGE));
        ChangedBlocks changed = collector().end(builder.begins().get(1)).collect();
        assertThat(changed.after()).hasToString("{1663/5/16384: 1}");
        assertThat(changed.end().reason()).isEqualTo(EndOfWal.Reason.LIMIT);
    }

    private MemoryWal fourSegments() {
        for (int i = 0; i < 4; i++) {
            builder.add(10, 0, body(RELATION, i, Change.IMAGE)).switchSegment();
        }
        return builder.add(10, 0, body(RELATION, 9, Change.IMAGE)).build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void namesTheSegmentsThatAreMissingBeforeTheDivergence(int threads) {
        MemoryWal wal = fourSegments();
        wal.remove(WalSegmentName.parse("000000010000000000000002", SEGMENT).orElseThrow());
        wal.remove(WalSegmentName.parse("000000010000000000000004", SEGMENT).orElseThrow());
        ChangedBlockCollector collector =
                collector(wal, PostgresVersion.V15).threads(threads).divergence(Lsn.parse("0/400050"));
        assertThatThrownBy(collector::collect)
                .isInstanceOf(MissingWalException.class)
                .hasMessage("WAL is missing: segments 000000010000000000000002, 000000010000000000000004 are needed"
                        + " to read the changes up to 0/400050\n"
                        + "HINT: add a source that has it, such as the WAL archive or the other cluster's pg_wal");
    }

    @Test
    void takesAMissingSegmentForTheEndUnlessWalIsKnownToReachFurther() throws IOException {
        MemoryWal wal = fourSegments();
        wal.remove(WalSegmentName.parse("000000010000000000000003", SEGMENT).orElseThrow());
        EndOfWal end = collector(wal, PostgresVersion.V15).collect().end();
        assertThat(end.reason()).isEqualTo(EndOfWal.Reason.MISSING_SEGMENT);
        assertThat(end.position()).isEqualTo(Lsn.parse("0/300000"));
        ChangedBlockCollector reaching = collector(wal, PostgresVersion.V15).reaching(Lsn.parse("0/300001"));
        assertThatThrownBy(reaching::collect)
                .isInstanceOf(MissingWalException.class)
                .hasMessageStartingWith("WAL is missing: segment 000000010000000000000003 is needed");
    }

    @Test
    void saysWhereWalEndsIfThatIsTooEarly() {
        MemoryWal wal = fourSegments();
        wal.content(WalSegmentName.parse("000000010000000000000002", SEGMENT).orElseThrow())[60]++;
        ChangedBlockCollector collector = collector(wal, PostgresVersion.V15).divergence(Lsn.parse("0/400000"));
        assertThatThrownBy(collector::collect)
                .isInstanceOf(WalEndsTooEarlyException.class)
                .hasMessage("WAL has to reach 0/400000 and does not: end of WAL at 0/200000:"
                        + " incorrect resource manager data checksum in record at 0/200028\n"
                        + "HINT: take segment 000000010000000000000002 from a WAL archive or from the other cluster");
    }

    @ParameterizedTest
    @EnumSource
    void refusesRecordsThatChangeRelationsInAWayNobodyKnows(PostgresVersion version) {
        WalBuilder wal = builder(version).add(10, 0x21, WalBuilder.mainData(8));
        assertThatThrownBy(() -> collector(wal.build(), version).collect())
                .isInstanceOf(UnknownRelationChangeException.class)
                .hasMessage("WAL record at 0/100028 modifies a relation in a way that is not known:"
                        + " resource manager 10, info 0x21");
    }

    @ParameterizedTest
    @EnumSource
    void knowsThoseThatPgRewindOfTheReleaseKnows(PostgresVersion version) throws IOException {
        boolean is14 = version.isAtLeast(PostgresVersion.V14);
        boolean is15 = version.isAtLeast(PostgresVersion.V15);
        List<String> refused = new ArrayList<>();
        for (int manager = 0; manager <= 21; manager++) {
            for (int kind = 0; kind < 0x100; kind += 0x10) {
                WalBuilder wal = builder(version).add(manager, kind | 0x01, WalBuilder.mainData(88));
                boolean isKnown = switch (manager) {
                    case 1 -> is14 && List.of(0x00, 0x20, 0x30, 0x40).contains(kind & 0x70);
                    case 2 -> kind == 0x10 || kind == 0x20;
                    case 4 -> kind == 0x00 || kind == 0x10 || (is15 && kind == 0x20);
                    default -> false;
                };
                boolean hasFormOfItsOwn = manager == 0 && (kind <= 0x10 || kind == 0x60);
                Throwable thrown =
                        catchThrowable(() -> collector(wal.build(), version).collect());
                if (!hasFormOfItsOwn && isKnown == thrown instanceof UnknownRelationChangeException) {
                    refused.add(manager + " " + kind + " " + thrown);
                }
            }
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void doesNotLookBehindTheEndOfWal() throws IOException {
        // The second segment is good by itself; what is in it is never reached.
        builder.add(10, 0, body(RELATION, 1, Change.IMAGE)).switchSegment();
        Lsn seam = builder.end();
        builder.add(10, 0x01, WalBuilder.mainData(8)).switchSegment();
        MemoryWal wal = builder.build();
        wal.content(WalSegmentName.containing(TIMELINE, START, SEGMENT))[0x90]++;
        ChangedBlocks changed = collector(wal, PostgresVersion.V15)
                .threads(3)
                .rangeSize(SEGMENT)
                .collect();
        assertThat(changed.end().position()).isLessThan(seam);
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfStartsWithOtherParametersAndOfOneLoggedHintEach(PostgresVersion version) throws IOException {
        WalBuilder wal = builder(version);
        for (int start = 0; start < 3; start++) {
            for (int image = 0; image < 20; image++) {
                wal.add(0xA0, WalBuilder.mainData(8)).add(10, 0, WalBuilder.mainData(2000));
            }
            wal.add(0x60, parameters(version, start % 2));
        }
        List<Lsn> begins = wal.begins();
        for (int threads = 1; threads <= 3; threads++) {
            ChangedBlocks changed = collector(wal.build(), version)
                    .threads(threads)
                    .rangeSize(WalPages.PAGE_SIZE)
                    .collect();
            assertThat(changed.hintImages()).containsExactly(begins.get(0), begins.get(41), begins.get(82));
            assertThat(changed.parameterChanges())
                    .containsExactly(
                            new ParameterChange(begins.get(40), settings(version, false)),
                            new ParameterChange(begins.get(81), settings(version, true)),
                            new ParameterChange(begins.get(122), settings(version, false)));
        }
    }

    @Test
    void tellsWhereFullPageWritesWereSwitchedOff() throws IOException {
        for (int i = 0; i < 3; i++) {
            builder.add(0x80, new RecordBody(PostgresVersion.V15).withMainData(new byte[] {0}))
                    .add(0x80, new RecordBody(PostgresVersion.V15).withMainData(new byte[] {1}));
        }
        List<Lsn> begins = builder.begins();
        ChangedBlocks changed = collector(builder.build(), PostgresVersion.V15)
                .threads(2)
                .rangeSize(WalPages.PAGE_SIZE)
                .collect();
        assertThat(changed.fullPageWritesOff()).containsExactly(begins.get(0), begins.get(2), begins.get(4));
    }

    private static ServerSettings settings(PostgresVersion version, boolean walLogHints) {
        return new ServerSettings(
                WalLevel.LOGICAL, walLogHints, 100, 8, version.isAtLeast(PostgresVersion.V12) ? 10 : null, 2, 64, true);
    }

    /** {@code wal_level = logical} is 2. */
    private static byte[] parameters(PostgresVersion version, int walLogHints) {
        byte[] numbers = version.isAtLeast(PostgresVersion.V12) ? ints(100, 8, 10, 2, 64, 2) : ints(100, 8, 2, 64, 2);
        byte[] record = Arrays.copyOf(numbers, numbers.length + 4);
        record[numbers.length] = (byte) walLogHints;
        record[numbers.length + 1] = 1;
        return new RecordBody(version).withMainData(record);
    }

    @Test
    void tellsRelationsThatAreCutOrMadeAnew() throws IOException {
        builder.add(2, 0x20, truncate(RELATION, 8, 0x07))
                .add(2, 0x20, truncate(RELATION, 6, 0x07))
                .add(2, 0x20, truncate(RELATION, 7, 0x01))
                .add(2, 0x20, truncate(new RelFileLocator(1663, 5, 1), 2, 0x06))
                .add(2, 0x10, create(new RelFileLocator(1663, 5, 2), 0))
                .add(2, 0x10, create(new RelFileLocator(1663, 5, 3), 2));
        ChangedBlocks changed = collector().divergence(builder.begins().get(1)).collect();
        assertThat(changed.touchedRelations())
                .extracting(RelFileLocator::relation)
                .containsExactly(1, 2, 3, 16384);
        assertThat(changed.truncations()).hasSize(2);
        assertThat(changed.truncatedAfter(RELATION)).hasValue(6);
        assertThat(changed.truncatedAfter(new RelFileLocator(1663, 5, 2))).hasValue(0);
        assertThat(changed.truncatedAfter(new RelFileLocator(1663, 5, 1))).isEmpty();
    }

    private static byte[] ints(int... values) {
        byte[] bytes = new byte[4 * values.length];
        WalBuilder.littleEndian(bytes).asIntBuffer().put(values);
        return bytes;
    }

    private static byte[] truncate(RelFileLocator relation, int block, int flags) {
        return new RecordBody(PostgresVersion.V15)
                .withMainData(ints(block, relation.tablespace(), relation.database(), relation.relation(), flags));
    }

    private static byte[] create(RelFileLocator relation, int fork) {
        return new RecordBody(PostgresVersion.V15)
                .withMainData(ints(relation.tablespace(), relation.database(), relation.relation(), fork));
    }

    @ParameterizedTest
    @EnumSource
    void tellsDirectoriesThatComeAndGo(PostgresVersion version) throws IOException {
        boolean hasLogged = version.isAtLeast(PostgresVersion.V15);
        byte[] dropped = version.isAtLeast(PostgresVersion.V13) ? ints(16400, 2, 1663, 1664) : ints(16400, 1663);
        WalBuilder wal = builder(version)
                .add(4, 0x01, body(version, ints(16400, 1663, 1, 1664)))
                .add(4, hasLogged ? 0x21 : 0x11, body(version, dropped))
                .add(5, 0x00, body(version, location(16401, "/a/b")))
                .add(5, 0x10, body(version, ints(16401)));
        List<Lsn> begins = new ArrayList<>(wal.begins());
        List<DirectoryChange> expected = new ArrayList<>(List.of(
                new FileCopyDatabase(begins.get(0), 1663, 16400, 1664, 1),
                new DroppedDatabase(
                        begins.get(1),
                        16400,
                        version.isAtLeast(PostgresVersion.V13) ? List.of(1663, 1664) : List.of(1663)),
                new CreatedTablespace(begins.get(2), 16401, "/a/b"),
                new DroppedTablespace(begins.get(3), 16401)));
        if (hasLogged) {
            wal.add(4, 0x11, body(version, ints(16402, 1663)));
            expected.add(new LoggedDatabase(wal.begins().get(4), 1663, 16402));
        }
        for (int threads = 1; threads <= 3; threads++) {
            ChangedBlocks changed = collector(wal.build(), version)
                    .threads(threads)
                    .rangeSize(WalPages.PAGE_SIZE)
                    .collect();
            assertThat(changed.directoryChanges()).isEqualTo(expected);
            assertThat(changed.fileCopyDatabases()).containsExactly((FileCopyDatabase) expected.get(0));
        }
    }

    private static byte[] body(PostgresVersion version, byte[] mainData) {
        return new RecordBody(version).withMainData(mainData);
    }

    private static byte[] location(int tablespace, String path) {
        byte[] record = Arrays.copyOf(ints(tablespace), 4 + path.length() + 1);
        System.arraycopy(path.getBytes(StandardCharsets.UTF_8), 0, record, 4, path.length());
        return record;
    }

    @Test
    void refusesADroppedDatabaseWithMoreTablespacesThanItsRecordHolds() {
        builder.add(4, 0x21, body(PostgresVersion.V15, ints(16400, 2, 1663)));
        assertThatThrownBy(collector()::collect)
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/100028: a dropped database with 2 tablespaces, in 12 bytes");
    }

    @Test
    void tellsTheFirstRecordOfEachResourceManagerOfAnExtension() throws IOException {
        builder.add(200, 0, WalBuilder.mainData(8))
                .add(10, 0, WalBuilder.mainData(2000))
                .add(128, 0x10, WalBuilder.mainData(8000))
                .add(200, 0, WalBuilder.mainData(8));
        List<Lsn> begins = builder.begins();
        ChangedBlocks changed =
                collector().threads(2).rangeSize(WalPages.PAGE_SIZE).collect();
        assertThat(List.copyOf(changed.customManagers().entrySet()))
                .isEqualTo(List.of(
                        Map.entry(ResourceManager.of(128), begins.get(2)),
                        Map.entry(ResourceManager.of(200), begins.get(0))));
    }

    @Test
    void refusesASpecialRecordThatIsTooShort() {
        builder.add(4, 0x01, WalBuilder.mainData(15));
        assertThatThrownBy(collector()::collect)
                .isInstanceOf(WalCorruptException.class)
                .hasMessage("malformed WAL record at 0/100028: its main data has 15 bytes, expected at least 16");
    }

    @Test
    void needsARedoStartThatIsNotBehindTheDivergence() {
        ChangedBlockCollector collector =
                ChangedBlockCollector.of(builder.build(), PostgresVersion.V15, SEGMENT, HISTORY);
        assertThatThrownBy(collector::collect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the redo start is not set");
        collector.redo(START.plus(8)).divergence(START);
        assertThatThrownBy(collector::collect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the divergence 0/100000 is before the redo start 0/100008");
    }
}
