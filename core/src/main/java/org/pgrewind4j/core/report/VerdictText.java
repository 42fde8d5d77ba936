package org.pgrewind4j.core.report;

import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.wal.scan.WalActivity;

/** The report's conclusion in a sentence or two. */
final class VerdictText {

    private VerdictText() {}

    /** Whether there is nothing that a reader must see to. */
    static boolean isGood(DivergenceReport report) {
        return report.loss() == Loss.NOTHING && openAgain(report) == 0;
    }

    private static long openAgain(DivergenceReport report) {
        return report.preparedBefore().stream()
                .filter(one -> one.fate() == PreparedBefore.Fate.OPEN_AGAIN)
                .count();
    }

    static String of(DivergenceReport report) {
        return switch (report.loss()) {
            case NOTHING ->
                "No transaction was committed or prepared on the target alone: nothing that users did is lost."
                        + reopened(report);
            case TRANSACTIONS ->
                lost(report) + ". Save what is needed before the rewind." + incomplete(report) + reopened(report);
            case UNKNOWN ->
                "What is lost cannot be told: " + String.join("; ", reasons(report)) + "." + reopened(report);
        };
    }

    private static String lost(DivergenceReport report) {
        WalActivity.Transactions transactions = report.abandoned().activity().transactions();
        List<String> parts = new ArrayList<>();
        long commits = report.lostCommits() - report.undecidedCommits();
        if (commits > 0) {
            parts.add(Amounts.count(commits, "transaction was", "transactions were")
                    + " committed on the target alone and will be lost"
                    + transactions
                            .firstCommit()
                            .map(first -> ", from " + Amounts.time(first) + " to "
                                    + Amounts.time(transactions.lastCommit().orElse(first)))
                            .orElse(""));
        }
        if (!transactions.prepared().isEmpty()) {
            parts.add(Amounts.count(transactions.prepared().size(), "transaction was", "transactions were")
                    + " prepared there, and will be lost");
        }
        return (reasons(report).isEmpty() ? "" : "At least ") + String.join("; ", parts);
    }

    private static String incomplete(DivergenceReport report) {
        List<String> reasons = reasons(report);
        return reasons.isEmpty() ? "" : " What else is lost cannot be told: " + String.join("; ", reasons) + ".";
    }

    private static List<String> reasons(DivergenceReport report) {
        List<String> reasons = new ArrayList<>(report.abandoned().gaps());
        if (report.undecidedCommits() > 0) {
            reasons.add("whether the source committed "
                    + Amounts.count(report.undecidedCommits(), "transaction", "transactions")
                    + " too that the target committed, prepared before the divergence, is not known");
        }
        return reasons;
    }

    private static String reopened(DivergenceReport report) {
        long open = openAgain(report);
        return open == 0
                ? ""
                : " "
                        + Amounts.count(
                                open, "prepared transaction that was ended", "prepared transactions that were ended")
                        + " on the target " + (open == 1 ? "is" : "are") + " open again after the rewind.";
    }
}
