package org.pgrewind4j.core.internal.rewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.BlockSelection;
import org.pgrewind4j.core.Changes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.ListedFiles;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.core.internal.cluster.Listing;
import org.pgrewind4j.core.internal.cluster.RelationGeometry;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.rewind.FileDecisions.Decision;
import org.pgrewind4j.core.internal.rewind.evidence.CopySet;
import org.pgrewind4j.core.internal.rewind.settings.TablespaceMapping;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;

/** Every branch of the decision on one path: what lies on each side, what the target's WAL says, what comes of it. */
class FileDecisionsTest {

    private static final int BLOCK = 8192;
    private static final RelationGeometry GEOMETRY = new RelationGeometry(PostgresVersion.V17, BLOCK, 131072);
    private static final RelFileLocator RELATION = new RelFileLocator(RelFileLocator.DEFAULT_TABLESPACE, 5, 100);
    private static final String FILE = "base/5/100";

    private final ListedFiles source = new ListedFiles();
    private final ListedFiles target = new ListedFiles();
    private final Changes changes = new Changes();
    private Predicate<DataPath> kept = path -> false;

    /** What is decided about all paths that either side has, but for those that are left as they are. */
    private List<Decision> decide() {
        Listing sourceFiles = source.listing(GEOMETRY);
        Listing targetFiles = target.listing(GEOMETRY);
        TargetExtensions longerOnTarget = new TargetExtensions(GEOMETRY);
        List<Listing.Pair> pairs = Listing.join(sourceFiles, targetFiles);
        pairs.forEach(longerOnTarget::note);
        FileDecisions decisions = new FileDecisions(
                CopySet.of(changes.build(), BlockSelection.MINIMAL, Changes.DIVERGENCE),
                sourceFiles,
                targetFiles,
                longerOnTarget,
                new WalFiles("pg_wal", 16 << 20, TimelineHistory.ofSingle(new TimelineId(1)), Changes.DIVERGENCE),
                Set.of(),
                GEOMETRY,
                kept.or(KeptLinks.of(pairs)::contains),
                new TablespaceMapping(Map.of("/mapped", "/elsewhere"), TablespacePolicy.none()));
        List<Decision> decided = new ArrayList<>();
        for (Listing.Pair pair : pairs) {
            Decision decision = decisions.decide(pair);
            if (!(decision instanceof Decision.Leave)) {
                decided.add(decision);
            }
        }
        return decided;
    }

    private void assertDone(FileAction... actions) {
        assertThat(decide())
                .containsExactly(List.of(actions).stream().map(Decision.Do::new).toArray(Decision[]::new));
    }

    private void assertLeft() {
        assertThat(decide()).isEmpty();
    }

    private static DataPath path(String path) {
        return DataPath.of(path);
    }

    private static FileRange blocks(String file, long first, long count) {
        return new FileRange(path(file), first * BLOCK, count * BLOCK);
    }

    // What is not a relation.

    @Test
    void comparesFilesOfOneSize() {
        source.file("pg_xact/0000", 8192);
        target.file("pg_xact/0000", 8192);

        assertThat(decide()).containsExactly(new Decision.Compare(new CopyFile(path("pg_xact/0000"), 8192)));
    }

    /** A server takes them for its own history's, by their names alone. */
    @Test
    void summariesOfTheTargetsWalDoNotStay() {
        String ofBoth = "pg_wal/summaries/0000000200000000010000280000000002000028.summary";
        String ofTarget = "pg_wal/summaries/0000000200000000020000280000000003000028.summary";
        source.directory("pg_wal").directory("pg_wal/summaries").file(ofBoth, 100);
        target.directory("pg_wal")
                .directory("pg_wal/summaries")
                .file(ofBoth, 100)
                .file(ofTarget, 200);

        assertThat(decide())
                .containsExactlyInAnyOrder(
                        new Decision.Compare(new CopyFile(path(ofBoth), 100)),
                        new Decision.Do(new RemoveFile(path(ofTarget))));
    }

    @Test
    void copiesFilesOfAnotherSizeOrThatAreMissing() {
        source.file("pg_xact/0000", 8192).file("pg_xact/0001", 16384);
        target.file("pg_xact/0000", 16384);

        assertDone(new CopyFile(path("pg_xact/0000"), 8192), new CopyFile(path("pg_xact/0001"), 16384));
    }

    @Test
    void copiesTheVersionFileOfADatabaseThatTheTargetDropped() {
        source.directory("base/7").file("base/7/PG_VERSION", 3).file("base/7/112", 8192);

        assertDone(
                new CreateDirectory(path("base/7")),
                new CopyFile(path("base/7/112"), 8192),
                new CopyFile(path("base/7/PG_VERSION"), 3));
    }

    @Test
    void removesWhatTheSourceDoesNotHave() {
        target.directory("base/8")
                .file("base/8/112", 8192)
                .file("postgresql.auto.conf", 5)
                .link("pg_tblspc/16400", "/space");

        assertDone(
                new RemoveDirectory(path("base/8")),
                new RemoveFile(path("base/8/112")),
                new RemoveFile(path("pg_tblspc/16400")),
                new RemoveFile(path("postgresql.auto.conf")));
    }

    @Test
    void leavesTheControlFileToTheSeal() {
        source.file("global/pg_control", 8192);
        target.file("global/pg_control", 1);
        assertLeft();
    }

    @Test
    void leavesWhatIsKept() {
        source.file("postgresql.conf", 1).file("conf.d/a", 2);
        target.file("postgresql.conf", 7).file("conf.d/b", 2);
        kept = path -> path.toString().startsWith("conf.d") || path.toString().equals("postgresql.conf");

        assertLeft();
    }

    @Test
    void neitherCopiesNorKeepsWhatOneServerAloneNeeds() {
        source.file("postmaster.opts", 1)
                .directory("pg_replslot")
                .directory("pg_replslot/slot")
                .file("pg_replslot/slot/state", 200)
                .file("base/pgsql_tmp/pgsql_tmp12.0", 100);
        target.file("backup_manifest", 1)
                .directory("pg_replslot")
                .directory("pg_replslot/old")
                .file("pg_replslot/old/state", 200)
                .file("base/5/pg_internal.init", 100)
                .file("base/5/t3_16450", 100);

        assertDone(
                new RemoveFile(path("backup_manifest")),
                new RemoveFile(path("base/5/pg_internal.init")),
                new RemoveFile(path("base/5/t3_16450")),
                new RemoveDirectory(path("pg_replslot/old")),
                new RemoveFile(path("pg_replslot/old/state")));
    }

    @Test
    void handsSegmentsToTheDirectoryOfWal() {
        target.file("pg_wal/000000010000000000000002", 16 << 20).file("pg_wal/000000010000000000000003", 16 << 20);
        source.file("pg_wal/000000010000000000000003", 16 << 20);

        assertDone(new RemoveFile(path("pg_wal/000000010000000000000003")));
    }

    // Directories and links.

    @Test
    void createsDirectories() {
        source.directory("base/7");
        assertDone(new CreateDirectory(path("base/7")));
    }

    @Test
    void leavesDirectoriesThatBothHaveAsEachHasThem() {
        source.directory("pg_wal")
                .link("pg_tblspc/1", "/here")
                .directory("pg_tblspc/2")
                .directory("base");
        target.link("pg_wal", "/wal")
                .directory("pg_tblspc/1")
                .link("pg_tblspc/2", "/there")
                .directory("base");

        assertLeft();
    }

    @Test
    void createsTablespacesWhereTheyAreMappedTo() {
        source.link("pg_tblspc/1", "/mapped").link("pg_tblspc/2", "/plain").directory("pg_tblspc/3");

        assertDone(
                new CreateTablespaceLink(path("pg_tblspc/1"), "/elsewhere"),
                new CreateTablespaceLink(path("pg_tblspc/2"), "/plain"),
                new CreateDirectory(path("pg_tblspc/3")));
    }

    @Test
    void refusesLinksThatPostgresDoesNotMake() {
        source.link("server.key", "/secrets/key").link("both", "here");
        target.link("both", "there");

        assertThat(decide())
                .containsExactly(new Decision.Refuse(new Problem(
                        Kind.UNEXPECTED_LINK,
                        "the source has a symbolic link at \"server.key\", where PostgreSQL has none",
                        "put there on the target what its server needs, a link or a file, which then stays.")));
    }

    @Test
    void refusesPathsOfTwoTypes() {
        source.file("a", 1).directory("b").directory("base").file("global/1", 1);
        target.directory("a").file("b", 1).link("base", "there").link("global/1", "there");

        assertThat(decide())
                .containsExactly(
                        differentTypes("a", "file", "directory"),
                        differentTypes("b", "directory", "file"),
                        differentTypes("base", "directory", "symbolic link"),
                        differentTypes("global/1", "file", "symbolic link"));
    }

    @Test
    void keepsWhatLeadsOutOfEitherDataDirectory() {
        source.directory("log")
                .file("log/theirs", 1)
                .file("server.crt", 1)
                .directory("pg_stat_tmp")
                .link("conf.d", "/etc/theirs");
        target.link("log", "/var/log/ours")
                .link("server.crt", "/etc/ours")
                .link("pg_stat_tmp", "/run/ours")
                .directory("conf.d")
                .file("conf.d/ours", 1);

        assertLeft();
    }

    private static Decision differentTypes(String path, String source, String target) {
        return new Decision.Refuse(new Problem(
                Kind.FILE_TYPE_DIFFERS,
                "\"" + path + "\" is a " + source + " on the source and a " + target + " on the target",
                "bring the target's in line with the source's."));
    }

    // Main forks.

    @Test
    void leavesRelationsThatWalDoesNotName() {
        source.file(FILE, 3 * BLOCK);
        target.file(FILE, 3 * BLOCK);
        assertLeft();
    }

    @Test
    void copiesBlocksThatWalNames() {
        source.file(FILE, 3 * BLOCK);
        target.file(FILE, 3 * BLOCK);
        changes.after(RELATION, 1);

        assertDone(new CopyRanges(path(FILE), List.of(blocks(FILE, 1, 1)), 3 * BLOCK));
    }

    @Test
    void copiesTheTailThatTheTargetLacks() {
        source.file(FILE, 5 * BLOCK);
        target.file(FILE, 3 * BLOCK);
        changes.after(RELATION, 0, 2);

        assertDone(new CopyRanges(path(FILE), List.of(blocks(FILE, 0, 1), blocks(FILE, 2, 3)), 5 * BLOCK));
    }

    @Test
    void cutsWhatTheSourceDoesNotHave() {
        source.file(FILE, 2 * BLOCK);
        target.file(FILE, 5 * BLOCK);
        changes.after(RELATION, 3, 4);

        assertDone(new Truncate(path(FILE), 2 * BLOCK));
    }

    @Test
    void copiesAndCutsAtOnce() {
        source.file(FILE, 2 * BLOCK);
        target.file(FILE, 5 * BLOCK);
        changes.after(RELATION, 1, 4);

        assertDone(new CopyRanges(path(FILE), List.of(blocks(FILE, 1, 1)), 2 * BLOCK));
    }

    @Test
    void takesAPartOfABlockForNone() {
        source.file(FILE, 3 * BLOCK);
        target.file(FILE, 2 * BLOCK + 100);

        assertDone(new CopyRanges(path(FILE), List.of(blocks(FILE, 2, 1)), 3 * BLOCK));
    }

    @Test
    void copiesAFileWholeThatTheTargetLost() {
        source.file(FILE, 3 * BLOCK);
        changes.rebuilt(RELATION, 0, 1, 2);

        assertDone(new CopyFile(path(FILE), 3 * BLOCK));
    }

    @Test
    void copiesDatabasesWholeThatTheTargetMadeByCopyingFiles() {
        source.file(FILE, BLOCK).file(FILE + "_vm", BLOCK);
        target.file(FILE, BLOCK).file(FILE + "_vm", BLOCK);
        changes.fileCopy(Changes.DIVERGENCE, 1, 5);

        assertDone(new CopyFile(path(FILE), BLOCK), new CopyFile(path(FILE + "_vm"), BLOCK));
    }

    // Other forks, and unlogged relations.

    @Test
    void copiesMapsOfRelationsThatWalNames() {
        source.file(FILE + "_fsm", 3 * BLOCK).file(FILE + "_vm", BLOCK);
        target.file(FILE + "_fsm", 3 * BLOCK).file(FILE + "_vm", BLOCK);
        assertLeft();

        changes.rebuilt(RELATION, 7);
        assertDone(new CopyFile(path(FILE + "_fsm"), 3 * BLOCK), new CopyFile(path(FILE + "_vm"), BLOCK));
    }

    @Test
    void copiesMapsOfAnotherSizeOrThatAreMissing() {
        source.file(FILE + "_fsm", 3 * BLOCK).file(FILE + "_vm", BLOCK);
        target.file(FILE + "_fsm", 4 * BLOCK);

        assertDone(new CopyFile(path(FILE + "_fsm"), 3 * BLOCK), new CopyFile(path(FILE + "_vm"), BLOCK));
    }

    @Test
    void copiesMapsOfARelationThatWasExtendedWithoutARecord() {
        source.file(FILE, 2 * BLOCK).file(FILE + "_fsm", 3 * BLOCK);
        target.file(FILE, 3 * BLOCK).file(FILE + "_fsm", 3 * BLOCK);

        assertDone(new Truncate(path(FILE), 2 * BLOCK), new CopyFile(path(FILE + "_fsm"), 3 * BLOCK));
    }

    @Test
    void copiesMapsOfARelationThatWasExtendedByASegmentWithoutARecord() {
        source.file(FILE, 131072L * BLOCK).file(FILE + "_fsm", 3 * BLOCK);
        target.file(FILE, 131072L * BLOCK).file(FILE + ".1", BLOCK).file(FILE + "_fsm", 3 * BLOCK);

        assertDone(new RemoveFile(path(FILE + ".1")), new CopyFile(path(FILE + "_fsm"), 3 * BLOCK));
    }

    @Test
    void leavesMapsOfARelationThatBecameLongerOnTheSourceAlone() {
        source.file(FILE, 131072L * BLOCK).file(FILE + ".1", BLOCK).file(FILE + "_fsm", 3 * BLOCK);
        target.file(FILE, 131072L * BLOCK).file(FILE + "_fsm", 3 * BLOCK);

        assertDone(new CopyFile(path(FILE + ".1"), BLOCK));
    }

    @Test
    void bringsOnlyTheInitForkOfAnUnloggedRelation() {
        source.file(FILE, 9 * BLOCK).file(FILE + "_init", BLOCK).file(FILE + "_fsm", BLOCK);
        target.file(FILE, BLOCK);

        assertDone(new CopyFile(path(FILE + "_init"), BLOCK));
    }

    @Test
    void comparesInitForksThatBothHave() {
        source.file(FILE, 9 * BLOCK).file(FILE + "_init", BLOCK);
        target.file(FILE, BLOCK).file(FILE + "_init", BLOCK);

        assertThat(decide()).containsExactly(new Decision.Compare(new CopyFile(path(FILE + "_init"), BLOCK)));
    }

    @Test
    void copiesARelationWholeWhoseNumberIsAnUnloggedOnesOnTheTarget() {
        source.file(FILE, 2 * BLOCK).file(FILE + "_fsm", BLOCK);
        target.file(FILE, 2 * BLOCK).file(FILE + "_fsm", BLOCK).file(FILE + "_init", 0);

        assertDone(
                new CopyFile(path(FILE), 2 * BLOCK),
                new CopyFile(path(FILE + "_fsm"), BLOCK),
                new RemoveFile(path(FILE + "_init")));
    }
}
