package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.LocalDirectoryTransport;

/** A pair of stopped servers of which one was rewound to the other, and the proof that it was done right. */
final class Rewound {

    private final PostgresServer target;
    private final PostgresServer source;
    private final RewindPlan plan;

    private Rewound(PostgresServer target, PostgresServer source, RewindPlan plan) {
        this.target = target;
        this.source = source;
        this.plan = plan;
    }

    /** Rewinds; both servers are stopped. */
    static Rewound of(PostgresServer target, PostgresServer source, BlockSelection selection) throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = Rewind.of(target.dataDirectory())
                    .from(transport)
                    .blockSelection(selection)
                    .durability(Durability.NO_SYNC)
                    .plan();
            assertThat(plan.problems()).isEmpty();
            assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
            assertThat(plan.blocksWithoutImage()).isZero();
            RewindReport report = plan.execute();
            assertThat(report.bytes()).isEqualTo(plan.bytes());
            assertThat(target.dataDirectory().resolve(StagingArea.DIRECTORY)).doesNotExist();
            assertThat(target.dataDirectory().resolve(StagingArea.LOCK_FILE)).doesNotExist();
            return new Rewound(target, source, plan);
        }
    }

    RewindPlan plan() {
        return plan;
    }

    /** Lets the target follow the source, write something more, and compares them. */
    void startAndCompare() {
        source.start();
        target.standbyOf(source);
        target.start();
        source.execute("CREATE TABLE after_rewind AS SELECT g FROM generate_series(1, 100) g");
        target.catchUpWith(source);
        assertThat(contents(target)).isEqualTo(contents(source));
        source.stop(StopMode.FAST);
        target.stop(StopMode.FAST);
    }

    private static List<String> contents(PostgresServer server) {
        List<String> contents = new ArrayList<>();
        for (List<String> database : server.query("SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1")) {
            String name = database.get(0);
            String tables = "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r', 'm')"
                    + " AND relpersistence = 'p' AND relnamespace <> 'pg_toast'::regnamespace"
                    + " AND relnamespace <> 'pg_catalog'::regnamespace ORDER BY 1";
            for (List<String> table : server.queryIn(name, tables)) {
                String hash = "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')"
                        + " FROM " + table.get(0) + " t";
                contents.add(name + " " + table.get(0) + " "
                        + server.queryIn(name, hash).get(0).get(0));
            }
        }
        return contents;
    }
}
