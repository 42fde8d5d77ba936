package org.pgrewind4j.core.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.transport.DataPath;

class ExclusionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_dynshmem/mmap.1",
                "pg_notify/0000",
                "pg_replslot/slot/state",
                "pg_serial/0000",
                "pg_snapshots/1",
                "pg_stat_tmp/global.stat",
                "pg_subtrans/0000",
                "backup_label",
                "backup_manifest",
                "tablespace_map",
                "current_logfiles.tmp",
                "postgresql.auto.conf.tmp",
                "postmaster.opts",
                "postmaster.pid",
                "global/pg_internal.init",
                "base/5/pg_internal.init.4711",
                "base/pgsql_tmp",
                "base/pgsql_tmp/pgsql_tmp4711.0",
                "pg_tblspc/16400/PG_17_202406281/pgsql_tmp/pgsql_tmp1.0",
                "pgsql_tmp4711.0",
                "base/5/t3_16450",
                "base/5/t3_16450_fsm",
                "base/5/t12_16450.1",
                "pg_tblspc/16400/PG_17_202406281/5/t3_16450"
            })
    void excludes(String path) {
        assertThat(Exclusions.isExcluded(DataPath.of(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_notify",
                "pg_replslot",
                "pg_stat/pgstat.stat",
                "PG_VERSION",
                "postgresql.conf",
                "postgresql.auto.conf",
                "current_logfiles",
                "standby.signal",
                "backup_label.old",
                "global/pg_filenode.map",
                "base/5/16450",
                "base/5/16450_init",
                "base/5/t_1",
                "base/5/table_1",
                "base/5/t3_",
                "base/5/t3x_1",
                "t3_16450",
                "global/t3_16450",
                "pg_wal/000000010000000000000001",
                "pg_logical/replorigin_checkpoint",
                "pg_twophase/00000300"
            })
    void includes(String path) {
        assertThat(Exclusions.isExcluded(DataPath.of(path))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pgrewind4j.lock",
                "pgrewind4j.staging",
                "pgrewind4j.staging/manifest",
                "pg_tblspc/16400/pgrewind4j.staging",
                "pg_tblspc/16400/pgrewind4j.staging/blocks",
                "pg_wal/pgrewind4j.staging/000000010000000000000001",
                ".DS_Store",
                "base/.DS_Store"
            })
    void passesOver(String path) {
        assertThat(Exclusions.isForeign(DataPath.of(path))).isTrue();
    }

    @Test
    void passesOverNothingElse() {
        assertThat(Exclusions.isForeign(DataPath.of("base/5/16450"))).isFalse();
        assertThat(Exclusions.isForeign(DataPath.of("pgrewind4j.conf"))).isFalse();
    }

    @Test
    void closesOnTheSourceOnlyDirectoriesOfWhichAllIsExcluded() {
        assertThat(Exclusions.closedOnSource()).hasSize(7).allSatisfy(directory -> {
            assertThat(Exclusions.isExcluded(directory)).isFalse();
            assertThat(Exclusions.isExcluded(directory.resolve("anything"))).isTrue();
        });
    }
}
