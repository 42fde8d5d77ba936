package org.pgrewind4j.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Histories from generated trees of timelines, where servers were promoted again and again, also apart from each other. */
final class GeneratedTimelines {

    private static final int GREATEST_STEP = 12;

    private GeneratedTimelines() {}

    /**
     * One timeline of a tree: what it is follows from how it came about, so that two servers that were promoted alike
     * have the same timeline.
     */
    record Node(List<Node> ancestors, long id, long begin) {

        Node promoted(long newId, long at) {
            List<Node> path = new ArrayList<>(ancestors);
            path.add(this);
            return new Node(List.copyOf(path), newId, at);
        }

        List<Node> path() {
            List<Node> path = new ArrayList<>(ancestors);
            path.add(this);
            return path;
        }

        /** Whose WAL a cluster on this timeline has at a position: the youngest that had begun there. */
        Node ownerAt(long position) {
            Node owner = path().get(0);
            for (Node node : path()) {
                if (node.begin <= position) {
                    owner = node;
                }
            }
            return owner;
        }

        TimelineHistory history() {
            TimelineHistory history = TimelineHistory.ofSingle(new TimelineId(path().get(0).id));
            for (Node node : path().subList(1, path().size())) {
                history = history.switchTo(new TimelineId(node.id), new Lsn(node.begin), "generated");
            }
            return history;
        }
    }

    /** A tree: nodes in any order of their making, the root first. */
    static Arbitrary<List<Node>> trees() {
        return Arbitraries.randomValue(GeneratedTimelines::tree);
    }

    private static List<Node> tree(Random random) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Node(List.of(), 1, 0));
        if (random.nextInt(10) == 0) {
            // Another cluster, or one whose earlier histories are lost.
            nodes.add(new Node(List.of(), 2, 0));
        }
        int size = 1 + random.nextInt(12);
        for (int i = 0; i < size; i++) {
            Node parent = nodes.get(random.nextInt(nodes.size()));
            // Steps of zero: promoted at once. Small ones, so that branches meet at the same positions and numbers.
            long at = Math.max(1, parent.begin + random.nextInt(GREATEST_STEP));
            nodes.add(parent.promoted(parent.id + 1 + random.nextInt(3), at));
        }
        return nodes;
    }

    /** Histories with positions and numbers from the whole range, and reasons of all kinds. */
    static Arbitrary<TimelineHistory> histories() {
        return Arbitraries.randomValue(GeneratedTimelines::history);
    }

    private static TimelineHistory history(Random random) {
        long id = 1 + (random.nextBoolean() ? 0 : 4294967295L - 40);
        long position = random.nextBoolean() ? 1 : random.nextLong() >>> 1 | Long.MIN_VALUE >>> random.nextInt(2);
        TimelineHistory history = TimelineHistory.ofSingle(new TimelineId(id));
        int size = random.nextInt(12);
        for (int i = 0; i < size; i++) {
            id += 1 + random.nextInt(3);
            position += random.nextInt(3) == 0 ? 0 : random.nextInt(1 << 30);
            history = history.switchTo(new TimelineId(id), new Lsn(position), reason(random));
        }
        return history;
    }

    private static String reason(Random random) {
        StringBuilder reason = new StringBuilder();
        int size = random.nextInt(4) == 0 ? 0 : random.nextInt(40);
        for (int i = 0; i < size; i++) {
            char c = (char) random.nextInt(random.nextBoolean() ? 128 : 0xD000);
            reason.append(c == '\n' ? ' ' : c);
        }
        // White space around it is what parts the fields.
        return reason.toString().replaceAll("^[ \t\u000B\f\r]+|[ \t\u000B\f\r]+$", "");
    }
}
