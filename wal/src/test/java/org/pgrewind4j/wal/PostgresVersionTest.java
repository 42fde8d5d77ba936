package org.pgrewind4j.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresVersionTest {

    private static final String SUPPORTED_CONTROL = "960 and 201608131 (9.6), 1002 and 201707211 (10),"
            + " 1100 and 201809051 (11), 1201 and 201909212 (12), 1300 and 202007201 (13), 1300 and 202107181 (14),"
            + " 1300 and 202209061 (15), 1300 and 202307071 (16), 1700 and 202406281 (17), 1800 and 202506291 (18)";

    private static final String SUPPORTED_MAGIC = "D093 (9.6), D097 (10), D098 (11), D101 (12), D106 (13), D10D (14),"
            + " D110 (15), D113 (16), D116 (17), D118 (18)";

    private static final String OTHER_HINT = "\nHINT: only the releases listed are supported, no pre-releases or forks;"
            + " for a newer release use a newer pgrewind4j";

    private static final String SWAPPED_HINT = "\nHINT: the bytes are in the reverse order: the cluster was written on"
            + " a big-endian machine; only clusters of little-endian machines are supported";

    @ParameterizedTest
    @EnumSource
    void isFoundByItsOwnNumbers(PostgresVersion version) {
        assertThat(PostgresVersion.ofControlFile(version.controlVersion(), version.catalogVersion()))
                .isSameAs(version);
        assertThat(PostgresVersion.ofWalPage(version.walPageMagic())).isSameAs(version);
    }

    @Test
    void refusesAKnownControlVersionWithAnotherCatalog() {
        assertThatThrownBy(() -> PostgresVersion.ofControlFile(1300, 202307072))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage("unsupported control file: expected control and catalog version " + SUPPORTED_CONTROL
                        + "; found 1300 and 202307072" + OTHER_HINT);
    }

    @Test
    void refusesAnUnknownControlVersion() {
        assertThatThrownBy(() -> PostgresVersion.ofControlFile(1900, 202606291))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage("unsupported control file: expected control and catalog version " + SUPPORTED_CONTROL
                        + "; found 1900 and 202606291" + OTHER_HINT);
        assertThatThrownBy(() -> PostgresVersion.ofControlFile(0, 0)).hasMessageEndingWith(OTHER_HINT);
    }

    @Test
    void explainsAControlVersionReadBackwards() {
        assertThatThrownBy(() ->
                        PostgresVersion.ofControlFile(Integer.reverseBytes(1300), Integer.reverseBytes(202209061)))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage("unsupported control file: expected control and catalog version " + SUPPORTED_CONTROL
                        + "; found 335872000 and 628559116" + SWAPPED_HINT);
    }

    @Test
    void refusesAnUnknownPageMagic() {
        assertThatThrownBy(() -> PostgresVersion.ofWalPage(0xD119))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage(
                        "unsupported WAL page: expected magic number " + SUPPORTED_MAGIC + "; found D119" + OTHER_HINT);
        assertThatThrownBy(() -> PostgresVersion.ofWalPage(0))
                .hasMessage(
                        "unsupported WAL page: expected magic number " + SUPPORTED_MAGIC + "; found 0000" + OTHER_HINT);
    }

    @Test
    void explainsAPageMagicReadBackwards() {
        assertThatThrownBy(() -> PostgresVersion.ofWalPage(0x16D1))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage("unsupported WAL page: expected magic number " + SUPPORTED_MAGIC + "; found 16D1"
                        + SWAPPED_HINT);
    }

    @Test
    void namesTheDirectoriesOfEachRelease() {
        assertThat(Arrays.stream(PostgresVersion.values()).map(PostgresVersion::walDirectory))
                .startsWith("pg_xlog", "pg_wal")
                .containsOnlyOnce("pg_xlog");
        assertThat(Arrays.stream(PostgresVersion.values()).filter(PostgresVersion::hasRecoveryConf))
                .containsExactly(PostgresVersion.V9_6, PostgresVersion.V10, PostgresVersion.V11);
        assertThat(PostgresVersion.V9_6.tablespaceDirectory()).isEqualTo("PG_9.6_201608131");
        assertThat(PostgresVersion.V15.tablespaceDirectory()).isEqualTo("PG_15_202209061");
        assertThat(PostgresVersion.V17).hasToString("PostgreSQL 17");
    }
}
