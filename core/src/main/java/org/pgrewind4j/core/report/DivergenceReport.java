package org.pgrewind4j.core.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;
import org.pgrewind4j.wal.scan.RelationActivity;
import org.pgrewind4j.wal.scan.RowCounts;
import org.pgrewind4j.wal.scan.TransactionActivity;
import org.pgrewind4j.wal.scan.WalActivity;

/**
 * What a rewind loses: what the target's WAL says that was done on its branch since the divergence, and how much the source
 * did on its own. Made by {@link Rewind#lost}, from WAL alone.
 *
 * <pre>{@code
 * Rewind.of(oldPrimary).from(source).lost().ifPresent(report -> {
 *     System.out.println(report.toText());
 *     System.out.println(report.abandoned().activity().transactions().commits() + " transactions will be lost");
 * });
 * }</pre>
 *
 * <p>Transactions, rows and files are facts. {@link #definitionChanges} are conclusions, and {@linkplain #names names} a
 * convenience. {@link #notes} tells what the report could not see or has no room for.
 *
 * @param release the release of both sides
 * @param systemIdentifier of both sides, unsigned
 * @param divergence the first position that the two do not share
 * @param timeline the last timeline that they share
 * @param abandoned the target's branch, which a rewind drops
 * @param kept the source's branch; empty if its WAL could not be read
 * @param names what relations and databases are called, as far as that is known
 * @param notes what a reader must know of this report: in sentences
 */
public record DivergenceReport(
        PostgresVersion release,
        long systemIdentifier,
        Lsn divergence,
        TimelineId timeline,
        Branch abandoned,
        Optional<Branch> kept,
        RelationNames names,
        List<String> notes) {

    /**
     * One of the two branches behind the divergence.
     *
     * @param cluster whose it is
     * @param timeline the timeline that it ends on
     * @param activity what was done on it, as far as its WAL could be read
     * @param gaps what could not be read, or makes it doubtful, in clauses; empty if all of it was read
     */
    public record Branch(String cluster, TimelineId timeline, WalActivity activity, List<String> gaps) {

        /**
         * Takes a copy of the list.
         *
         * @param cluster whose it is
         * @param timeline the timeline that it ends on
         * @param activity what was done on it
         * @param gaps what could not be read
         */
        public Branch {
            gaps = List.copyOf(gaps);
        }

        /**
         * Whether all of it was read.
         *
         * @return true if there are no gaps
         */
        public boolean isComplete() {
            return gaps.isEmpty();
        }
    }

    /**
     * Takes a copy of the list.
     *
     * @param release the release of both sides
     * @param systemIdentifier of both sides
     * @param divergence the first position that the two do not share
     * @param timeline the last timeline that they share
     * @param abandoned the target's branch
     * @param kept the source's branch
     * @param names what relations and databases are called
     * @param notes what a reader must know
     */
    public DivergenceReport {
        notes = List.copyOf(notes);
    }

    /**
     * The relations of the abandoned branch, those with most WAL first.
     *
     * @return relations
     */
    public List<RelationActivity> relations() {
        return abandoned.activity().relations().stream()
                .sorted(Comparator.comparingLong(RelationActivity::bytes)
                        .reversed()
                        .thenComparing(RelationActivity::relation))
                .toList();
    }

    /**
     * The rows of users' tables that are lost: without system catalogs, and without the parts that long values are stored
     * in, as far as {@link #names} tells these apart.
     *
     * @return numbers of rows that committed transactions changed
     */
    public RowCounts userRows() {
        return abandoned.activity().relations().stream()
                .filter(relation -> isOfUser(relation.relation()))
                .map(RelationActivity::committed)
                .reduce(RowCounts.NONE, RowCounts::plus);
    }

    /**
     * Whether a relation is a user's own, and no part of another one.
     *
     * @param relation where its files lie
     * @return false for system catalogs and what holds long values, as far as that is known
     */
    public boolean isOfUser(RelFileLocator relation) {
        return name(relation)
                .map(name -> name.kind() != RelationName.Kind.TOAST && !SystemCatalogs.SCHEMAS.contains(name.schema()))
                .orElseGet(() -> Integer.toUnsignedLong(relation.relation()) >= SystemCatalogs.FIRST_NORMAL_OID);
    }

    /**
     * The rows of users' tables that a transaction changed, as {@link #userRows} counts them.
     *
     * @param transaction one of the report's
     * @return numbers of rows
     */
    public RowCounts userRows(TransactionActivity transaction) {
        return transaction.relations().stream()
                .filter(changed -> isOfUser(changed.relation()))
                .map(TransactionActivity.ChangedRows::rows)
                .reduce(RowCounts.NONE, RowCounts::plus);
    }

    /**
     * What users call a relation.
     *
     * @param relation where its files lie, or lay
     * @return its name; for a system catalog whose name is not known otherwise the one that its number stands for
     */
    public Optional<RelationName> name(RelFileLocator relation) {
        return names.relation(relation)
                .or(() -> SystemCatalogs.ofNumber(Integer.toUnsignedLong(relation.relation()))
                        .map(catalog -> new RelationName(
                                "pg_catalog",
                                catalog,
                                RelationName.Kind.TABLE,
                                Optional.empty(),
                                RelationName.Basis.NUMBER)));
    }

    /**
     * Transactions that seem to have changed definitions.
     *
     * @return in the order of their commits, of those that the report lists
     */
    public List<DefinitionChange> definitionChanges() {
        List<DefinitionChange> changes = new ArrayList<>();
        for (TransactionActivity transaction :
                abandoned.activity().transactions().committed()) {
            Map<String, RowCounts> rows = new TreeMap<>();
            long database = 0;
            for (TransactionActivity.ChangedRows changed : transaction.relations()) {
                Optional<String> catalog = catalog(changed.relation());
                if (catalog.isPresent()) {
                    rows.merge(catalog.get(), changed.rows(), RowCounts::plus);
                    database = Math.max(
                            database, Integer.toUnsignedLong(changed.relation().database()));
                }
            }
            if (!rows.isEmpty()) {
                List<DefinitionChange.Catalog> catalogs = new ArrayList<>();
                rows.forEach((name, counts) ->
                        catalogs.add(new DefinitionChange.Catalog(name, SystemCatalogs.objects(name), counts)));
                changes.add(new DefinitionChange(transaction.end(), database, catalogs));
            }
        }
        return changes;
    }

    private Optional<String> catalog(RelFileLocator relation) {
        return name(relation)
                .filter(name -> name.schema().equals("pg_catalog") && name.kind() == RelationName.Kind.TABLE)
                .map(RelationName::name)
                .filter(SystemCatalogs::isOfDefinitions);
    }

    /**
     * Whether anything that users did is lost for certain. That it is not does not mean that nothing is lost: see
     * {@link #loss}.
     *
     * @return true if a transaction was committed, or prepared, on the abandoned branch alone
     */
    public boolean losesTransactions() {
        return lostCommits() > undecidedCommits()
                || !abandoned.activity().transactions().prepared().isEmpty();
    }

    /**
     * What all of this means.
     *
     * @return {@link Loss#NOTHING} only if all of the abandoned branch was read
     */
    public Loss loss() {
        if (losesTransactions()) {
            return Loss.TRANSACTIONS;
        }
        return abandoned.isComplete() && lostCommits() == 0 ? Loss.NOTHING : Loss.UNKNOWN;
    }

    /**
     * How many commits on the abandoned branch are not known to be on the kept one too, as those of transactions that were
     * prepared before the divergence can be. If the branch is not {@linkplain Branch#isComplete complete} there may be more.
     *
     * @return a number
     */
    public long lostCommits() {
        return abandoned.activity().transactions().commits() - committedWith(PreparedBefore.Fate.ENDED_ALIKE);
    }

    /** How many of {@link #lostCommits} may be on the kept branch too. */
    long undecidedCommits() {
        return committedWith(PreparedBefore.Fate.UNKNOWN);
    }

    private long committedWith(PreparedBefore.Fate fate) {
        return preparedBefore().stream()
                .filter(one -> one.isCommitted() && one.fate() == fate)
                .count();
    }

    /**
     * Transactions that were prepared before the divergence and ended on the abandoned branch.
     *
     * @return in the order in which they were ended
     */
    public List<PreparedBefore> preparedBefore() {
        return PreparedBefore.of(abandoned, kept);
    }

    /**
     * The report as a JSON object. The resource {@code META-INF/pgrewind4j/divergence.schema.json} describes each member;
     * within one {@code schemaVersion} members are added only.
     *
     * @return JSON text
     */
    public String toJson() {
        return ReportJson.of(this);
    }

    /**
     * The report as text for a terminal.
     *
     * @return lines
     */
    public String toText() {
        return ReportText.of(this);
    }

    /**
     * The report as one HTML page that needs no other file and no script.
     *
     * @return HTML text
     */
    public String toHtml() {
        return ReportHtml.of(this);
    }

    /** Prints in one line how much is lost. */
    @Override
    public String toString() {
        return (abandoned.isComplete() ? "" : "not complete: at least ") + lostCommits()
                + " transactions committed on timeline "
                + abandoned.timeline() + " since " + divergence + ", "
                + abandoned.activity().bytes() + " bytes of WAL";
    }
}
