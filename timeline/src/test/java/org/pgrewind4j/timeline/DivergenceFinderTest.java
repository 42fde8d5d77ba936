package org.pgrewind4j.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.timeline.Divergence.Kind;
import org.pgrewind4j.timeline.GeneratedTimelines.Node;

class DivergenceFinderTest {

    private static final TimelineHistory ONE = TimelineHistory.ofSingle(new TimelineId(1));

    /** Beyond the last position at which a generated timeline begins. */
    private static final long END = 200;

    @Test
    void twoOnOneTimelineDoNotPart() {
        assertThat(DivergenceFinder.find(at(2, 100), at(2, 100)))
                .contains(new Divergence(Kind.SAME_TIMELINE, new TimelineId(2), Lsn.MAX));
    }

    @Test
    void theSourceLeftTheTargetsTimeline() {
        assertThat(DivergenceFinder.find(ONE, at(2, 100)))
                .contains(new Divergence(Kind.TARGET_IS_ANCESTOR, new TimelineId(1), new Lsn(100)));
    }

    @Test
    void theTargetLeftTheSourcesTimeline() {
        assertThat(DivergenceFinder.find(at(2, 100), ONE))
                .contains(new Divergence(Kind.SOURCE_IS_ANCESTOR, new TimelineId(1), new Lsn(100)));
    }

    @Test
    void bothLeftAtDifferentPositions() {
        assertThat(DivergenceFinder.find(at(2, 100), at(3, 90)))
                .contains(new Divergence(Kind.FORKED, new TimelineId(1), new Lsn(90)));
    }

    @Test
    void oneNumberTakenTwiceIsTwoTimelines() {
        assertThat(DivergenceFinder.find(at(2, 100), at(2, 90)))
                .contains(new Divergence(Kind.FORKED, new TimelineId(1), new Lsn(90)));
    }

    @Test
    void oneNumberTakenTwiceCountsEvenIfLaterSwitchesAreEqual() {
        TimelineHistory target = at(2, 100).switchTo(new TimelineId(3), new Lsn(200), "");
        TimelineHistory source = at(2, 90).switchTo(new TimelineId(3), new Lsn(200), "");

        assertThat(DivergenceFinder.find(target, source))
                .contains(new Divergence(Kind.FORKED, new TimelineId(1), new Lsn(90)));
    }

    @Test
    void aTimelineLeftAtItsBeginIsShared() {
        TimelineHistory promotedTwice = at(2, 100).switchTo(new TimelineId(3), new Lsn(100), "");

        assertThat(DivergenceFinder.find(promotedTwice, at(2, 100)))
                .contains(new Divergence(Kind.SOURCE_IS_ANCESTOR, new TimelineId(2), new Lsn(100)));
    }

    @Test
    void historiesWithDifferentFirstTimelinesShareNothing() {
        assertThat(DivergenceFinder.find(ONE, TimelineHistory.ofSingle(new TimelineId(2))))
                .isEmpty();
    }

    @Property
    void findsWhereTheClustersWalDiffersFirst(@ForAll("pairs") Pair pair) {
        Optional<Divergence> found = DivergenceFinder.find(pair.target.history(), pair.source.history());

        if (!pair.target.ownerAt(0).equals(pair.source.ownerAt(0))) {
            assertThat(found).isEmpty();
            return;
        }
        Divergence divergence = found.orElseThrow();
        assertThat(divergence.position()).isEqualTo(firstDifference(pair.target, pair.source));
        assertThat(divergence.kind()).isEqualTo(kind(pair.target, pair.source));
        assertThat(divergence.timeline()).isEqualTo(new TimelineId(youngestCommon(pair.target, pair.source)));
    }

    @Property
    void findsTheSameFromBothSides(@ForAll("pairs") Pair pair) {
        TimelineHistory target = pair.target.history();
        TimelineHistory source = pair.source.history();

        assertThat(DivergenceFinder.find(target, source).map(Divergence::position))
                .isEqualTo(DivergenceFinder.find(source, target).map(Divergence::position));
        assertThat(DivergenceFinder.find(target, target).orElseThrow().kind()).isEqualTo(Kind.SAME_TIMELINE);
    }

    @Property
    void knowsTheTimelineOfEachPosition(@ForAll("pairs") Pair pair) {
        TimelineHistory history = pair.target.history();
        for (long position = 0; position < END; position++) {
            assertThat(history.timelineAt(new Lsn(position)).value())
                    .isEqualTo(pair.target.ownerAt(position).id());
        }
    }

    /** By walking along both clusters' WAL. */
    private static Lsn firstDifference(Node target, Node source) {
        for (long position = 0; position < END; position++) {
            if (!target.ownerAt(position).equals(source.ownerAt(position))) {
                return new Lsn(position);
            }
        }
        return Lsn.MAX;
    }

    private static Kind kind(Node target, Node source) {
        if (target.equals(source)) {
            return Kind.SAME_TIMELINE;
        }
        if (source.ancestors().contains(target)) {
            return Kind.TARGET_IS_ANCESTOR;
        }
        return target.ancestors().contains(source) ? Kind.SOURCE_IS_ANCESTOR : Kind.FORKED;
    }

    private static long youngestCommon(Node target, Node source) {
        List<Node> common = target.path();
        common.retainAll(source.path());
        return common.get(common.size() - 1).id();
    }

    private static TimelineHistory at(long timeline, long switchPoint) {
        return ONE.switchTo(new TimelineId(timeline), new Lsn(switchPoint), "");
    }

    record Pair(Node target, Node source) {}

    @Provide
    Arbitrary<Pair> pairs() {
        return GeneratedTimelines.trees().flatMap(tree -> Arbitraries.randomValue(random -> pair(tree, random)));
    }

    private static Pair pair(List<Node> tree, Random random) {
        return new Pair(tree.get(random.nextInt(tree.size())), tree.get(random.nextInt(tree.size())));
    }
}
