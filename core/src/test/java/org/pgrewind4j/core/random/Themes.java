package org.pgrewind4j.core.random;

import java.util.List;
import java.util.stream.Stream;
import org.pgrewind4j.testserver.ServerRelease;

/** What a scenario is about: acts that meet each other more often than all acts would. */
record Themes(List<Act> often, List<Act> seldom, int restarts) {

    private static final int RESTARTS = 4;
    private static final int MANY_RESTARTS = 15;

    static Themes draw(Draw draw, ServerRelease release) {
        List<Act> rows = RowActs.all();
        List<Act> transactions = possible(TransactionActs.all(), release);
        List<Act> maintenance = possible(MaintenanceActs.all(), release);
        List<Act> tables = possible(TableActs.all(), release);
        List<Act> databases = possible(DatabaseActs.all(), release);
        List<Act> most = Stream.of(transactions, maintenance, tables)
                .flatMap(List::stream)
                .toList();
        return switch (draw.number(0, 9)) {
            case 0, 1 -> new Themes(draw.some(4, rows), transactions, MANY_RESTARTS);
            case 2 -> new Themes(draw.some(3, rows), databases, RESTARTS);
            case 3, 4 -> new Themes(rows, draw.some(3, maintenance), RESTARTS);
            case 5 -> new Themes(draw.some(4, rows), tables, RESTARTS);
            default -> new Themes(draw.some(draw.number(4, 10), rows), draw.some(draw.number(2, 9), most), RESTARTS);
        };
    }

    private static List<Act> possible(List<Act> acts, ServerRelease release) {
        return acts.stream().filter(act -> release.isAtLeast(act.since())).toList();
    }
}
