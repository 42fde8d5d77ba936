package org.pgrewind4j.examples;

import java.util.Map;
import org.pgrewind4j.testserver.PostgresServer;

/** Starts a rewound or restored server as the standby of the new primary, and checks that it holds what the new primary holds. */
final class FollowingStory {

    private final Story story;
    private final PostgresServer primary;
    private final PostgresServer standby;

    FollowingStory(Story story, PostgresServer primary, PostgresServer standby) {
        this.story = story;
        this.primary = primary;
        this.standby = standby;
    }

    /** Makes it a standby first. */
    void tell() {
        standby.standbyOf(primary);
        tellOfStandby();
    }

    /** It is made a standby already. */
    void tellOfStandby() {
        standby.start();
        standby.catchUpWith(primary);
        story.step("The old primary follows the new one, caught up at %s:", standby.replayedLsn());
        story.check(standby.isInRecovery(), "the old primary is a standby now");
        story.check(
                DemoRows.orders(standby, "the old primary") == 0 && !DemoRows.hasTable(standby, DemoRows.LOST_TABLE),
                "the %,d lost orders are gone, and the lost table",
                DemoRows.LOST_ORDERS);
        story.check(
                DemoRows.orders(standby, "the new primary") == DemoRows.NEW_ORDERS,
                "the %,d new orders are there",
                DemoRows.NEW_ORDERS);
        Map<String, String> contents = DemoRows.contents(standby);
        DemoRows.contents(primary)
                .forEach((table, digest) ->
                        story.check(digest.equals(contents.remove(table)), "%s: %s, on both", table, digest));
        story.check(contents.isEmpty(), "and no other table");
        DemoRows.takeOrders(primary, 1, "the new primary");
        standby.catchUpWith(primary);
        story.check(
                DemoRows.orders(standby, "the new primary") == DemoRows.NEW_ORDERS + 1,
                "an order that the new primary takes now arrives there too");
    }
}
