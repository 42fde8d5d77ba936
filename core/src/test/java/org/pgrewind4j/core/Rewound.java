package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.testserver.Integrity;
import org.pgrewind4j.testserver.LogicalContents;
import org.pgrewind4j.testserver.PageChecksums;
import org.pgrewind4j.testserver.PageComparison;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.WalSegmentSource;

/** A pair of servers of which one was rewound to the other, and the proof that it was done right. */
public final class Rewound {

    private final PostgresServer target;
    private final PostgresServer source;
    private final RewindPlan plan;
    private final RewindReport report;

    private Rewound(PostgresServer target, PostgresServer source, RewindPlan plan, RewindReport report) {
        this.target = target;
        this.source = source;
        this.plan = plan;
        this.report = report;
    }

    /** Rewinds from a data directory; both servers are stopped. */
    public static Rewound of(PostgresServer target, PostgresServer source, BlockSelection selection)
            throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            RewindPlan plan = plan(rewind(target, transport).blockSelection(selection));
            RewindReport report = execute(target, plan);
            assertThat(report.bytes()).isEqualTo(plan.bytes());
            return new Rewound(target, source, plan, report);
        }
    }

    /** Rewinds from a running server. */
    public static Rewound ofLive(PostgresServer target, PostgresServer source, CopyMode mode) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (LiveServerTransport transport =
                LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login).open()) {
            RewindPlan plan = plan(rewind(target, transport).copyMode(mode));
            return new Rewound(target, source, plan, execute(target, plan));
        }
    }

    /** Rewinds from a backup of the source or of its predecessor, with the WAL that was archived since. */
    public static Rewound ofBackup(
            PostgresServer target, PostgresServer source, Backup backup, WalSegmentSource archive) {
        RewindPlan plan = plan(rewind(target, backup).walFrom(archive));
        return new Rewound(target, source, plan, execute(target, plan));
    }

    /** Compares contents with a data directory, or with a server if it runs. */
    static Rewound byContents(PostgresServer target, PostgresServer source) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", PostgresServer.USER);
        try (Transport transport = source.isRunning()
                ? LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login)
                        .open()
                : LocalDirectoryTransport.open(source.dataDirectory())) {
            return byContents(target, source, transport, Compare.NEEDED);
        }
    }

    /** Compares contents with what a transport of the source shows. */
    static Rewound byContents(PostgresServer target, PostgresServer source, Transport transport, Compare when) {
        RewindPlan plan = rewind(target, transport).compare(when).plan();
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.verdict()).isEqualTo(Verdict.COMPARE);
        RewindReport report = execute(target, plan);
        assertThat(report.verdict()).isEqualTo(Verdict.COMPARE);
        return new Rewound(target, source, plan, report);
    }

    private static Rewind rewind(PostgresServer target, Transport transport) {
        return Rewind.of(target.dataDirectory())
                .from(transport)
                .durability(Durability.NO_SYNC)
                .verify(Verify.RESULT);
    }

    private static RewindPlan plan(Rewind rewind) {
        RewindPlan plan = rewind.plan();
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.verdict()).isEqualTo(Verdict.REWIND);
        assertThat(plan.blocksWithoutImage()).isZero();
        return plan;
    }

    private static RewindReport execute(PostgresServer target, RewindPlan plan) {
        RewindReport report = plan.execute();
        assertThat(report.verification()).isPresent();
        if (!Plans.facts(plan).targetControl().hasDataChecksums()) {
            assertThat(report.verification().orElseThrow().pagesWithChecksum()).isZero();
        }
        JsonSchemas.assertValid(plan);
        JsonSchemas.assertValid(report);
        assertThat(target.dataDirectory().resolve(OwnNames.STAGING)).doesNotExist();
        assertThat(target.dataDirectory().resolve(OwnNames.LOCK_FILE)).doesNotExist();
        return report;
    }

    RewindPlan plan() {
        return plan;
    }

    RewindReport report() {
        return report;
    }

    /** Lets the target follow the source, write something more, and compares them. */
    public void startAndCompare() {
        if (!source.isRunning()) {
            source.start();
        }
        target.standbyOf(source);
        target.start();
        Integrity.prepare(source);
        target.catchUpWith(source);
        assertThat(LogicalContents.of(target)).isEqualTo(LogicalContents.of(source));
        assertThat(Integrity.problems(target)).isEmpty();
        // A primary that is stopped so has sent all its WAL, its last checkpoint included, to its standby.
        source.stop(StopMode.FAST);
        target.waitForReplay(checkPointOf(source).plus(1));
        target.stop(StopMode.FAST);
        assertThat(PageComparison.of(target, source)).isEmpty();
        if (Plans.facts(plan).targetControl().hasDataChecksums()) {
            assertThat(PageChecksums.bad(target.dataDirectory())).isEmpty();
        }
    }

    private static Lsn checkPointOf(PostgresServer server) {
        try {
            return ControlFileBytes.read(server.dataDirectory()).checkPoint();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
