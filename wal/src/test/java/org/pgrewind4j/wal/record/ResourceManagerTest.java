package org.pgrewind4j.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.wal.PostgresVersion;

class ResourceManagerTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0x00, V9_6, CHECKPOINT_SHUTDOWN",
        "0, 0xC0, V11, FPI_MULTI",
        "0, 0xC0, V12, UNKNOWN (c0)",
        "0, 0xE0, V16, UNKNOWN (e0)",
        "0, 0xE0, V17, CHECKPOINT_REDO",
        "1, 0x80, V15, COMMIT",
        "1, 0x60, V13, UNKNOWN (60)",
        "1, 0xE0, V14, INVALIDATION",
        "2, 0x21, V15, TRUNCATE",
        "4, 0x00, V14, CREATE",
        "4, 0x00, V15, CREATE_FILE_COPY",
        "4, 0x10, V14, DROP",
        "4, 0x10, V15, CREATE_WAL_LOG",
        "9, 0x10, V13, CLEAN",
        "9, 0x10, V14, PRUNE",
        "9, 0x10, V16, PRUNE",
        "9, 0x10, V17, PRUNE_ON_ACCESS",
        "9, 0xD0, V18, MULTI_INSERT+INIT",
        "10, 0x80, V18, INSERT+INIT",
        "10, 0x90, V18, UNKNOWN (90)",
        "11, 0x50, V10, SPLIT_L_ROOT",
        "11, 0x50, V11, SPLIT_L_HIGHKEY",
        "11, 0x50, V12, UNKNOWN (50)",
        "11, 0x50, V13, INSERT_POST",
        "12, 0x20, V9_6, UNKNOWN (20)",
        "12, 0x20, V10, INSERT",
        "18, 0x01, V15, UNKNOWN (0)",
        "20, 0xF7, V9_6, Generic",
        "128, 0x30, V15, UNKNOWN (30)"
    })
    void namesRecordTypesAsTheReleaseDoes(int id, String info, PostgresVersion version, String name) {
        assertThat(ResourceManager.of(id).typeName(Integer.decode(info), version))
                .isEqualTo(name);
    }

    @Test
    void namesManagersAsPgWaldumpDoes() {
        assertThat(ResourceManager.builtIn())
                .extracting(ResourceManager::name)
                .containsExactly(
                        "XLOG",
                        "Transaction",
                        "Storage",
                        "CLOG",
                        "Database",
                        "Tablespace",
                        "MultiXact",
                        "RelMap",
                        "Standby",
                        "Heap2",
                        "Heap",
                        "Btree",
                        "Hash",
                        "Gin",
                        "Gist",
                        "Sequence",
                        "SPGist",
                        "BRIN",
                        "CommitTs",
                        "ReplicationOrigin",
                        "Generic",
                        "LogicalMessage");
        assertThat(ResourceManager.of(200)).hasToString("custom200");
    }

    @Test
    void isFoundByNameInAnyCase() {
        assertThat(ResourceManager.named("heap2")).contains(ResourceManager.HEAP2);
        assertThat(ResourceManager.named("custom128")).contains(ResourceManager.of(128));
        assertThat(ResourceManager.named("custom022")).isEmpty();
        assertThat(ResourceManager.named("nothing")).isEmpty();
        assertThatThrownBy(() -> ResourceManager.of(256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a resource manager: 256");
    }
}
