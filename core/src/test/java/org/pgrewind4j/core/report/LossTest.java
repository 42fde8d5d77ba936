package org.pgrewind4j.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.JsonSchemas;
import org.pgrewind4j.core.report.DivergenceReport.Branch;
import org.pgrewind4j.core.report.PreparedBefore.Fate;
import org.pgrewind4j.testkit.RecordBody;
import org.pgrewind4j.testkit.WalBuilder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.scan.WalActivityCollector;

/** "Nothing is lost" is said only where everything was read, and nothing was found. */
class LossTest {

    private static final PostgresVersion VERSION = PostgresVersion.V17;
    private static final TimelineId TIMELINE = new TimelineId(1);
    private static final Lsn DIVERGENCE = Lsn.parse("0/100000");
    private static final int SEGMENT = 1 << 20;

    private static final int TRANSACTION = 1;
    private static final int COMMIT = 0x00;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;

    private static WalBuilder wal() {
        return new WalBuilder(VERSION, TIMELINE, SEGMENT, DIVERGENCE);
    }

    private static WalBuilder commit() {
        return wal().add(TRANSACTION, COMMIT, new RecordBody(VERSION).withMainData(new byte[8]));
    }

    private static WalBuilder end(int kind, int xid) {
        byte[] end = new byte[16];
        ByteBuffer data = WalBuilder.littleEndian(end);
        data.putInt(8, 0x10).putInt(12, xid);
        return wal().add(TRANSACTION, kind | 0x80, new RecordBody(VERSION).withMainData(end));
    }

    private static Branch branch(WalBuilder wal, String... gaps) throws IOException {
        return new Branch(
                "a cluster",
                TIMELINE,
                WalActivityCollector.of(wal.build(), VERSION, SEGMENT, TimelineHistory.ofSingle(TIMELINE))
                        .from(DIVERGENCE)
                        .collect(),
                List.of(gaps));
    }

    private static DivergenceReport report(Branch abandoned, Optional<Branch> kept) {
        DivergenceReport report = new DivergenceReport(
                VERSION, 1, DIVERGENCE, TIMELINE, abandoned, kept, RelationNames.NONE, List.of("A note."));
        JsonSchemas.assertValid(report);
        return report;
    }

    private static DivergenceReport report(WalBuilder target, WalBuilder source) throws IOException {
        return report(branch(target), Optional.of(branch(source)));
    }

    private static void assertTold(DivergenceReport report, Loss loss, String style, String verdict) {
        assertThat(report.loss()).isEqualTo(loss);
        assertThat(report.toText()).contains("\n  " + verdict + "\n");
        assertThat(report.toHtml()).contains("<p class=\"verdict " + style + "\">" + verdict + "</p>");
        assertThat(report.toJson()).containsPattern("\"loss\": ?\"" + loss + "\"");
    }

    @Test
    void nothingIsLostWhereAllWasReadAndNothingWasFound() throws IOException {
        assertTold(
                report(wal(), wal()),
                Loss.NOTHING,
                "good",
                "No transaction was committed or prepared on the target alone: nothing that users did is lost.");
    }

    @Test
    void cannotBeToldWhereNothingWasFoundInPartOfTheWal() throws IOException {
        DivergenceReport report =
                report(branch(wal(), "segment 1 is missing", "segment 2 is damaged"), Optional.empty());

        assertThat(report.losesTransactions()).isFalse();
        assertTold(
                report,
                Loss.UNKNOWN,
                "bad",
                "What is lost cannot be told: segment 1 is missing; segment 2 is damaged.");
        assertThat(report.toString())
                .startsWith("not complete: at least 0 transactions committed on timeline 1 since ");
    }

    @Test
    void whatWasFoundInPartOfTheWalIsTheLeast() throws IOException {
        assertTold(
                report(branch(commit(), "segment 1 is missing"), Optional.empty()),
                Loss.TRANSACTIONS,
                "bad",
                "At least 1 transaction was committed on the target alone and will be lost, from 2000-01-01 00:00:00 UTC to"
                        + " 2000-01-01 00:00:00 UTC. Save what is needed before the rewind. What else is lost cannot be"
                        + " told: segment 1 is missing.");
    }

    @Test
    void whatBothSidesCommittedIsNotLost() throws IOException {
        DivergenceReport report = report(end(COMMIT_PREPARED, 900), end(COMMIT_PREPARED, 900));

        assertThat(report.preparedBefore()).extracting(PreparedBefore::fate).containsExactly(Fate.ENDED_ALIKE);
        assertThat(report.lostCommits()).isZero();
        assertThat(report.loss()).isEqualTo(Loss.NOTHING);
    }

    @Test
    void whatTheSourceRolledBackIsLost() throws IOException {
        DivergenceReport report = report(end(COMMIT_PREPARED, 900), end(ABORT_PREPARED, 900));

        assertThat(report.preparedBefore()).extracting(PreparedBefore::fate).containsExactly(Fate.ENDED_OTHERWISE);
        assertThat(report.loss()).isEqualTo(Loss.TRANSACTIONS);
    }

    @Test
    void cannotBeToldWhereTheSourcesWalDoesNotSayWhetherItCommittedToo() throws IOException {
        Branch target = branch(end(COMMIT_PREPARED, 900));
        String verdict = "What is lost cannot be told: whether the source committed 1 transaction too that the target"
                + " committed, prepared before the divergence, is not known.";

        assertTold(report(target, Optional.empty()), Loss.UNKNOWN, "bad", verdict);
        assertTold(report(target, Optional.of(branch(wal(), "too short"))), Loss.UNKNOWN, "bad", verdict);
    }

    @Test
    void saysThatARolledBackOneIsOpenAgain() throws IOException {
        DivergenceReport report = report(end(ABORT_PREPARED, 900), end(ABORT_PREPARED, 901));

        assertTold(
                report,
                Loss.NOTHING,
                "bad",
                "No transaction was committed or prepared on the target alone: nothing that users did is lost. 1 prepared"
                        + " transaction that was ended on the target is open again after the rewind.");
        assertThat(report.toHtml()).contains("0 transactions and subtransactions were rolled back there");
    }
}
