package org.pgrewind4j.core.random;

import java.io.IOException;
import java.util.Optional;
import java.util.Properties;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.CopyMode;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.Phase;
import org.pgrewind4j.core.Progress;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindListener;
import org.pgrewind4j.core.RewindPlan;
import org.pgrewind4j.core.StandbySettings;
import org.pgrewind4j.core.Verdict;
import org.pgrewind4j.core.Verify;
import org.pgrewind4j.core.random.Scenario.Access;
import org.pgrewind4j.core.random.Scenario.Fault;
import org.pgrewind4j.core.random.Scenario.Reading;
import org.pgrewind4j.core.random.Scenario.Way;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;
import org.pgrewind4j.wal.DirectoryWalSource;

/** Rewinds one server to another in the scenario's way, through a fault if it has one. */
final class Attempt {

    private final Scenario scenario;
    private final PostgresServer target;
    private final PostgresServer source;
    private final PostgresServer primary;
    private final Way way;
    private final Optional<Archive> archive;
    private final int timeline;

    private Attempt(Play play, String target, String source, String primary, Way way) {
        this.target = play.server(target);
        this.source = play.server(source);
        this.primary = play.server(primary);
        this.way = way;
        this.scenario = play.scenario();
        // Who may not have the source keep its WAL needs an archive.
        this.archive =
                scenario.archive() && !scenario.access().keepsWal() ? Optional.of(play.archive()) : Optional.empty();
        this.timeline = play.timeline(primary);
    }

    static Attempt of(Play play, Scenario scenario) {
        return new Attempt(play, scenario.target(), scenario.source(), scenario.primary(), scenario.way());
    }

    /** The former primary is rewound to the former target. */
    static Attempt back(Play play, Scenario scenario) {
        return new Attempt(
                play,
                /* target= */ scenario.primary(),
                /* source= */ scenario.target(),
                /* primary= */ scenario.target(),
                scenario.wayBack());
    }

    /** To a server that the target does not follow in the end. */
    static Attempt detour(Play play, Scenario scenario, String node) {
        Way way = new Way(Reading.LIVE, BlockSelection.MINIMAL, CopyMode.STAGED, Verify.NOTHING, Fault.NONE, false);
        return new Attempt(play, scenario.target(), node, node, way);
    }

    /** The plan that was executed, or that refuses. */
    RewindPlan run() throws IOException {
        if (way.reading() != Reading.UNDER_LOAD) {
            return rewind();
        }
        try (Writers writers = Writers.on(primary)) {
            writers.await(50);
            return rewind();
        } finally {
            if (scenario.isLiveOnly()) {
                Play.keepWalAgain(primary);
                Play.keepWalAgain(source);
            }
        }
    }

    private RewindPlan rewind() throws IOException {
        try (Transport transport = open()) {
            FaultyListener listener = new FaultyListener(way.fault(), this::keepNoWal);
            RewindPlan plan = settings(transport).listener(listener).plan();
            if (plan.verdict() == Verdict.REFUSED) {
                return plan;
            }
            try {
                plan.execute();
            } catch (RewindException e) {
                if (!listener.failed) {
                    throw e;
                }
                return goOn(transport, plan, e);
            }
            return plan;
        }
    }

    private void keepNoWal() {
        if (scenario.isLiveOnly()) {
            Play.keepNoWal(primary);
            Play.keepNoWal(source);
        }
    }

    private RewindPlan goOn(Transport transport, RewindPlan plan, RewindException e) {
        if (e.targetState() == RewindException.TargetState.RESUMABLE) {
            if (Rewind.resume(target.dataDirectory(), RewindListener.none(), way.verify())
                    .isEmpty()) {
                throw new IllegalStateException("nothing to resume", e);
            }
            return plan;
        }
        RewindPlan again = settings(transport).plan();
        again.execute();
        return again;
    }

    private Rewind settings(Transport transport) {
        Rewind rewind = Rewind.of(target.dataDirectory())
                .from(transport)
                .durability(Durability.NO_SYNC)
                .blockSelection(way.selection())
                .copyMode(way.mode())
                .verify(way.verify());
        archive.ifPresent(place -> {
            if (scenario.access() != Access.READING_ROLE) {
                rewind.walFrom(new DirectoryWalSource(place.folder()));
            }
            // A standby waits for what its primary has not archived yet.
            rewind.restorable(segment -> scenario.isLiveOnly() || place.has(segment));
        });
        return way.configured() ? rewind.standby(standby()) : rewind;
    }

    private StandbySettings standby() {
        StandbySettings settings = StandbySettings.of("host=127.0.0.1 port=" + primary.port() + " user="
                + PostgresServer.USER + " sslmode=disable application_name=standby");
        // The archive has the histories of other branches too: the newest timeline may be one of those.
        return archive.map(place -> settings.restoreCommand(place.restoreCommand())
                        .recoveryTargetTimeline(Integer.toString(timeline)))
                .orElse(settings);
    }

    private Transport open() throws IOException {
        if (way.reading() == Reading.STOPPED) {
            return LocalDirectoryTransport.open(source.dataDirectory());
        }
        if (scenario.access().isOnSocket()) {
            return LiveServerTransport.ofConnectionString("host=" + Clusters.SOCKETS + " port=" + source.port()
                            + " user=" + scenario.access().user() + " dbname=postgres")
                    .open();
        }
        Properties login = new Properties();
        login.setProperty("user", scenario.access().user());
        return LiveServerTransport.ofJdbcUrl(source.jdbcUrl("postgres"), login).open();
    }

    /** Ends an execution once, and has something done when it begins. */
    private static final class FaultyListener implements RewindListener {
        private final Fault fault;
        private final Runnable whenStaging;
        private volatile boolean failed;

        FaultyListener(Fault fault, Runnable whenStaging) {
            this.fault = fault;
            this.whenStaging = whenStaging;
        }

        @Override
        public void phaseStarted(Phase phase) {
            if (phase == Phase.STAGE) {
                whenStaging.run();
            }
            if (fault == Fault.BEFORE_APPLYING && phase == Phase.APPLY) {
                fail();
            }
        }

        @Override
        public void progressed(Progress progress) {
            boolean now = switch (fault) {
                case WHILE_STAGING -> progress.phase() == Phase.STAGE;
                case WHILE_APPLYING -> progress.phase() == Phase.APPLY;
                case NONE, BEFORE_APPLYING -> false;
            };
            if (now && progress.bytesDone() > 0) {
                fail();
            }
        }

        private void fail() {
            if (!failed) {
                failed = true;
                throw new IllegalStateException("a fault by design");
            }
        }
    }
}
