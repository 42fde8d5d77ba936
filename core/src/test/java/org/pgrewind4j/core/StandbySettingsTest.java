package org.pgrewind4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgrewind4j.core.FileAction.WriteConfiguration;
import org.pgrewind4j.core.internal.apply.Resumption;
import org.pgrewind4j.core.internal.apply.Verifier;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.area.SealedRewind;
import org.pgrewind4j.core.internal.execute.Execution;
import org.pgrewind4j.core.internal.execute.StandbyWriter;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.testserver.StopMode;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.live.PrimaryConninfo;
import org.pgrewind4j.transport.live.PrimaryConninfo.Secrets;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** What a rewind leaves starts as a standby and follows, without anybody's help. */
@Tag("server")
class StandbySettingsTest {

    /** Each of these characters means something to one of the readers on the way. */
    private static final String NAME = "it's \"x\" \\ y=z";

    private static final String COMMAND = "false # it's \"%f\" \\ \n";

    static List<ServerRelease> releases() {
        return ServerRelease.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void startsAsStandby(ServerRelease release) throws IOException {
        try (DivergedPair pair = pair(release)) {
            PostgresServer target = pair.target();
            PostgresServer source = pair.source();
            source.start();
            source.execute("ALTER SYSTEM SET work_mem = '7MB'");
            if (release.isAtLeast(12)) {
                source.execute("ALTER SYSTEM SET primary_conninfo = 'host=nowhere'");
            }
            source.query("SELECT pg_create_physical_replication_slot('the_slot')");
            source.stop(StopMode.FAST);

            rewind(target, source, settings(source));
            source.start();
            target.start();
            target.catchUpWith(source);

            assertThat(target.isInRecovery()).isTrue();
            assertThat(target.value("SHOW work_mem")).isEqualTo("7MB");
            assertThat(source.query("SELECT application_name FROM pg_stat_replication"))
                    .containsExactly(List.of(NAME));
            assertThat(source.value("SELECT active FROM pg_replication_slots")).isEqualTo("t");
            if (release.isAtLeast(12)) {
                assertThat(target.value("SHOW restore_command")).isEqualTo(COMMAND);
                assertThat(Files.readString(target.dataDirectory().resolve("postgresql.auto.conf")))
                        .doesNotContain("nowhere");
            }
        }
    }

    private static DivergedPair pair(ServerRelease release) {
        return DivergedPair.of(PostgresServer.builder(release)
                .withChecksums()
                .setting("fsync", "off")
                .setting("max_replication_slots", "2"));
    }

    private static StandbySettings settings(PostgresServer source) {
        String quoted = NAME.replace("\\", "\\\\").replace("'", "\\'");
        String connection = "host=127.0.0.1 port=" + source.port() + " user=postgres password=secret sslmode=disable"
                + " application_name='" + quoted + "'";
        return StandbySettings.of(PrimaryConninfo.of(connection, Secrets.DROP))
                .primarySlotName("the_slot")
                .restoreCommand(COMMAND);
    }

    private static RewindReport rewind(PostgresServer target, PostgresServer source, StandbySettings settings)
            throws IOException {
        try (LocalDirectoryTransport transport = LocalDirectoryTransport.open(source.dataDirectory())) {
            return rewind(target, transport).standby(settings).plan().execute();
        }
    }

    private static Rewind rewind(PostgresServer target, LocalDirectoryTransport source) {
        return Rewind.of(target.dataDirectory()).from(source).durability(Durability.NO_SYNC);
    }

    @Test
    void isPartOfThePlanAndOfWhatIsResumed() throws IOException {
        try (DivergedPair pair = pair(ServerRelease.of("15"));
                LocalDirectoryTransport source =
                        LocalDirectoryTransport.open(pair.source().dataDirectory())) {
            PostgresServer target = pair.target();
            RewindPlan plan = rewind(target, source)
                    .standby(StandbySettings.of("host=a").primarySlotName("b"))
                    .plan();
            assertThat(plan.actions())
                    .contains(
                            new WriteConfiguration(
                                    DataPath.of("postgresql.auto.conf"),
                                    List.of("primary_conninfo", "primary_slot_name")),
                            new WriteConfiguration(DataPath.of("standby.signal"), List.of()));

            FailingFiles dying = FailingFiles.before("standby.signal", target.dataDirectory());
            assertThatThrownBy(() -> Execution.execute(Plans.order(plan), dying))
                    .isInstanceOf(RewindException.class);
            if (!SealedRewind.isIn(target.dataDirectory())) {
                assertThat(target.dataDirectory().resolve("standby.signal")).doesNotExist();
                plan.execute();
            } else {
                Resumption.resume(
                        target.dataDirectory(), Durability.NO_SYNC, Verifier.of(Verify.NOTHING), RewindListener.none());
            }

            assertThat(target.dataDirectory().resolve("standby.signal")).isEmptyFile();
            assertThat(Files.readString(target.dataDirectory().resolve("postgresql.auto.conf")))
                    .endsWith("primary_conninfo = 'host=a'\nprimary_slot_name = 'b'\n");
        }
    }

    @Test
    void isWrittenThoughNothingIsToBeRewound() throws IOException {
        try (DivergedPair pair = pair(ServerRelease.of("15"))) {
            PostgresServer follower = pair.copyOfSource();
            Path autoConf = follower.dataDirectory().resolve("postgresql.auto.conf");
            Files.writeString(autoConf, "work_mem = '5MB'\nprimary_conninfo = 'host=old'\n");

            StandbySettings settings = StandbySettings.of(
                    "host=127.0.0.1 port=" + pair.source().port() + " user=postgres sslmode=disable");

            RewindReport report = rewind(follower, pair.source(), settings);
            RewindReport again = rewind(follower, pair.source(), settings);

            assertThat(List.of(report.verdict(), again.verdict())).containsOnly(Verdict.NOT_NEEDED);
            assertThat(Files.readString(autoConf)).startsWith("work_mem = '5MB'\nprimary_conninfo = 'host=127.0.0.1 ");
            assertThat(follower.dataDirectory().resolve(OwnNames.STAGING)).doesNotExist();
            pair.source().start();
            follower.start();
            follower.catchUpWith(pair.source());
        }
    }

    /** Whenever it dies, it is what it was, or has all of the settings; and it is made a standby by the same call. */
    @Test
    void deathWhileItIsWrittenLeavesNoHalfOfIt() throws IOException {
        try (DivergedPair pair = pair(ServerRelease.of("15"))) {
            Path follower = pair.copyOfSource().dataDirectory();
            Path autoConf = follower.resolve("postgresql.auto.conf");
            Path signal = follower.resolve("standby.signal");
            // One that was killed leaves what kept servers off.
            Path lock = follower.resolve("postmaster.pid");
            StandbySettings settings = StandbySettings.of("host=new");
            String old = "work_mem = '5MB'\n";
            String wanted = old + "primary_conninfo = 'host=new'\n";

            int deaths = 0;
            for (boolean done = false; !done; deaths++) {
                Files.writeString(autoConf, old);
                Files.deleteIfExists(signal);
                Files.deleteIfExists(lock);
                FailingFiles files = FailingFiles.at(deaths + 1, new LocalFileOperations(follower, Durability.NO_SYNC));
                try {
                    StandbyWriter.write(follower, settings, files);
                    done = true;
                } catch (RewindException e) {
                    String found = Files.readString(autoConf);
                    assertThat(found).isIn(old, wanted);
                    assertThat(Files.exists(signal) && found.equals(old)).isFalse();
                    assertThat(found.equals(old) || Files.exists(lock)).isTrue();
                    StandbyWriter.write(follower, settings, FailingFiles.never(follower));
                }
                assertThat(Files.readString(autoConf)).isEqualTo(wanted);
                assertThat(signal).isEmptyFile();
                assertThat(follower.resolve(OwnNames.STAGING)).doesNotExist();
            }
            assertThat(deaths).isGreaterThan(10);
        }
    }

    @Test
    void runningTargetIsNotMadeAStandby() throws IOException {
        try (DivergedPair pair = pair(ServerRelease.of("15"))) {
            PostgresServer follower = pair.copyOfSource();
            follower.start();

            assertThatThrownBy(() -> rewind(follower, pair.source(), settings(pair.source())))
                    // Refused by the plan, once the server has written something, else by the execution.
                    .isInstanceOfAny(RewindException.class, RewindRefusedException.class)
                    .hasMessageContaining("a server runs on the target");
            assertThat(follower.dataDirectory().resolve("standby.signal")).doesNotExist();
        }
    }

    @Test
    void printsNoSecret() {
        assertThat(StandbySettings.of("password=x").primarySlotName("s"))
                .hasToString("[primary_conninfo, primary_slot_name]");
    }

    @Test
    void refusesWhatNoFileCanHold() {
        assertThatThrownBy(() -> StandbySettings.of("a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("primary_conninfo: a value cannot hold the character NUL");
    }
}
