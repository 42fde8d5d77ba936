package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RelationFileTest {

    @Example
    void readsEachKindOfPath() {
        assertRead("base/13010/1259", 1663, 13010, 1259, ForkName.MAIN, 0);
        assertRead("base/13010/1259.2", 1663, 13010, 1259, ForkName.MAIN, 2);
        assertRead("base/5/1249_vm", 1663, 5, 1249, ForkName.VM, 0);
        assertRead("base/5/16401_init", 1663, 5, 16401, ForkName.INIT, 0);
        assertRead("global/1262", 1664, 0, 1262, ForkName.MAIN, 0);
        assertRead("global/1262_fsm", 1664, 0, 1262, ForkName.FSM, 0);
        assertRead("pg_tblspc/16400/PG_15_202209061/5/16401_fsm.1", 16400, 5, 16401, ForkName.FSM, 1);
        assertRead("base/4294967295/4294967295.4294967295", 1663, -1, -1, ForkName.MAIN, 4294967295L);
    }

    @Example
    void namesTheTablespaceDirectoryByTheRelease() {
        RelationFile file = new RelationFile(new RelFileLocator(16400, 5, 16401), ForkName.MAIN, 0);

        assertThat(file.path(PostgresVersion.V9_6)).isEqualTo("pg_tblspc/16400/PG_9.6_201608131/5/16401");
        assertThat(RelationFile.parse("pg_tblspc/16400/PG_9.6_201608131/5/16401", PostgresVersion.V9_6))
                .contains(file);
        assertThat(RelationFile.parse("pg_tblspc/16400/PG_9.6_201608131/5/16401", PostgresVersion.V10))
                .isEmpty();
    }

    @Example
    void leavesOtherFilesAlone() {
        assertNone("");
        assertNone("/");
        assertNone("1259");
        assertNone("/1259");
        assertNone("base/1259");
        assertNone("base/5/");
        assertNone("base/5");
        assertNone("base/5/PG_VERSION");
        assertNone("base/5/pg_filenode.map");
        assertNone("base/5/pg_internal.init");
        assertNone("base/5/t3_16450");
        assertNone("base/5/t3_16450_fsm");
        assertNone("base/pgsql_tmp/1259");
        assertNone("base/5/6/1259");
        assertNone("global/pg_control");
        assertNone("global/5/1262");
        assertNone("pg_xact/0000");
        assertNone("pg_wal/000000010000000000000001");
        assertNone("pg_tblspc/16400");
        assertNone("pg_tblspc/16400/PG_15_202209061/5");
        assertNone("pg_tblspc/16400/PG_15_202209061/pgsql_tmp/1");
        assertNone("pg_tblspc/1663/PG_15_202209061/5/16401");
        assertNone("pg_tblspc/1664/PG_15_202209061/5/16401");
    }

    @Example
    void takesNumbersOnlyAsAServerWritesThem() {
        assertNone("base/5/01259");
        assertNone("base/05/1259");
        assertNone("base/0/1259");
        assertNone("base/5/0");
        assertNone("base/5/1259.0");
        assertNone("base/5/1259.01");
        assertNone("base/5/1259.");
        assertNone("base/5/1259.1.1");
        assertNone("base/5/-1259");
        assertNone("base/5/+1259");
        assertNone("base/5/1259 ");
        assertNone("base/5/1259\n");
        assertNone("base/5/1259_");
        assertNone("base/5/1259_main");
        assertNone("base/5/1259_FSM");
        assertNone("base/5/1259.1_fsm");
        assertNone("base/5/4294967296");
        assertNone("base/4294967297/1259");
        assertNone("base/5/1259.4294967297");
        assertNone("base/5/99999999999999999999");
        // Digits, but none that a server writes.
        assertNone("base/5/\u0661\u0662");
    }

    @Example
    void countsBlocksFromTheForksFirst() {
        RelationFile first = new RelationFile(new RelFileLocator(1663, 5, 16401), ForkName.MAIN, 0);
        RelationFile last = new RelationFile(new RelFileLocator(1663, 5, 16401), ForkName.MAIN, 32767);

        assertThat(first.firstBlock(131072)).isZero();
        assertThat(first.endBlock(131072)).isEqualTo(131072);
        assertThat(last.firstBlock(131072)).isEqualTo(4294836224L);
        assertThat(last.endBlock(131072)).isEqualTo(4294967296L);
    }

    @Property
    void whatIsPrintedIsReadAgain(@ForAll("files") RelationFile file, @ForAll PostgresVersion version) {
        assertThat(RelationFile.parse(file.path(version), version)).contains(file);
    }

    @Property(tries = 5000)
    void whatIsReadIsPrintedAgain(@ForAll("paths") String path, @ForAll PostgresVersion version) {
        Optional<RelationFile> file = RelationFile.parse(path, version);

        file.ifPresent(read -> assertThat(read.path(version)).isEqualTo(path));
    }

    @Provide
    Arbitrary<RelationFile> files() {
        Arbitrary<Integer> oids = Arbitraries.integers().filter(oid -> oid != 0);
        Arbitrary<RelFileLocator> shared = oids.map(oid -> new RelFileLocator(1664, 0, oid));
        Arbitrary<RelFileLocator> other = Combinators.combine(
                        Arbitraries.oneOf(Arbitraries.just(1663), oids.filter(oid -> oid != 1664)), oids, oids)
                .as(RelFileLocator::new);
        return Combinators.combine(
                        Arbitraries.oneOf(shared, other),
                        Arbitraries.of(ForkName.class),
                        Arbitraries.longs().between(0, 4294967295L))
                .as(RelationFile::new);
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> pieces = Arbitraries.of(
                "base",
                "global",
                "pg_tblspc",
                "PG_15_202209061",
                "/",
                "/",
                ".",
                "_",
                "fsm",
                "0",
                "1",
                "4294967296",
                "t");
        return pieces.list().ofMaxSize(12).map(list -> String.join("", list));
    }

    private static void assertRead(
            String path, int tablespace, int database, int relation, ForkName fork, long segment) {
        assertThat(RelationFile.parse(path, PostgresVersion.V15))
                .contains(new RelationFile(new RelFileLocator(tablespace, database, relation), fork, segment));
        assertThat(RelationFile.parse(path, PostgresVersion.V15).orElseThrow().path(PostgresVersion.V15))
                .isEqualTo(path);
    }

    private static void assertNone(String path) {
        assertThat(RelationFile.parse(path, PostgresVersion.V15)).as(path).isEmpty();
    }
}
