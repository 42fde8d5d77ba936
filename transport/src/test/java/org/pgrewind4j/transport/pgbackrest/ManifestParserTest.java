package org.pgrewind4j.transport.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.codec.Compression;
import org.pgrewind4j.wal.PostgresVersion;

class ManifestParserTest {

    private static final String SUM = "587b596f04f7db9c2cad3d6b87dd2b3a05de4f35";

    private static Manifest parse(IniText text) throws IOException {
        return ManifestParser.parse(new ByteArrayInputStream(text.bytes()));
    }

    private static ManifestFile file(Manifest manifest, String path) {
        return manifest.files().find(DataPath.of(path)).orElseThrow();
    }

    @Test
    void readsWhatABackupSaysOfItself() throws IOException {
        Manifest manifest = parse(IniText.smallManifest()
                .put("backup:target", "pg_data", "{\"path\":\"/data\",\"type\":\"path\"}")
                .put(
                        "backup:target",
                        "pg_tblspc/16400",
                        "{\"path\":\"/fast\",\"tablespace-id\":\"16400\",\"tablespace-name\":\"fast\",\"type\":\"link\"}")
                .put("target:zzz", "key", "[1]"));
        BackupFacts facts = manifest.facts();
        assertThat(facts.label()).isEqualTo("20261128-045123F");
        assertThat(facts.type()).isEqualTo(BackupFacts.BackupType.FULL);
        assertThat(facts.references()).isEmpty();
        assertThat(facts.version()).isEqualTo(PostgresVersion.V15);
        assertThat(facts.systemIdentifier()).isEqualTo(7713080439580772223L);
        assertThat(facts.start()).isEqualTo(Lsn.parse("0/7000028"));
        assertThat(facts.stop()).isEqualTo(Lsn.parse("0/7000100"));
        assertThat(facts.timeline()).isEqualTo(new TimelineId(2));
        assertThat(facts.stopTime()).isEqualTo(Instant.ofEpochSecond(1795841485));
        assertThat(facts.isOnline()).isTrue();
        assertThat(facts.dataDirectory())
                .isEqualTo(new BackupEntry.Attributes(0700, Optional.of("postgres"), Optional.of("staff")));
        assertThat(facts.tablespaces()).containsExactly(new BackupFacts.Tablespace(16400, "fast", "/fast"));
        assertThat(facts.databases())
                .containsExactlyInAnyOrder(
                        new BackupFacts.Database(5, "postgres", true), new BackupFacts.Database(16999, "shop", false));
        assertThat(manifest.compression()).isEqualTo(Compression.NONE);
        assertThat(manifest.files().count()).isEqualTo(2);
        assertThat(manifest.directories())
                .containsEntry(
                        DataPath.of("base"),
                        new BackupEntry.Attributes(0750, Optional.of("postgres"), Optional.of("staff")));
        assertThat(manifest.fileAttributes().get(file(manifest, "base/empty").attributes()))
                .isEqualTo(new BackupEntry.Attributes(0600, Optional.empty(), Optional.of("staff")));
    }

    @Test
    void readsWhereFilesAreStored() throws IOException {
        String chain = "\"20261128-045000F,20261128-045123F\"";
        Manifest manifest = parse(IniText.smallManifest()
                .put("backup", "backup-reference", chain)
                .put("backup", "backup-bundle-raw", "true")
                .put("cipher", "cipher-pass", "\"of the files\"")
                .put(
                        "target:file",
                        "pg_data/base/a=b",
                        "{\"bi\":2,\"bic\":7,\"bim\":30,\"bni\":3,\"bno\":4096,\"checksum\":\"" + SUM
                                + "\",\"checksum-page\":false,\"checksum-page-error\":[1,[3,5]],\"reference\":"
                                + "\"20261128-045000F\",\"repo-size\":900,\"size\":40000,\"timestamp\":17}"));
        assertThat(manifest.isRaw()).isTrue();
        assertThat(manifest.cipherPassphrase()).contains("of the files");
        assertThat(manifest.references()).containsExactly("20261128-045000F", "20261128-045123F");
        assertThat(manifest.facts().references()).containsExactly("20261128-045000F");
        assertThat(manifest.damaged()).containsExactly(DataPath.of("base/a=b"));
        ManifestFile file = file(manifest, "base/a=b");
        assertThat(file.size()).isEqualTo(40000);
        assertThat(file.modified()).isEqualTo(17);
        assertThat(file.checksum().orElseThrow().hex()).isEqualTo(SUM);
        assertThat(file.place())
                .isEqualTo(new ManifestFile.Place(0, 900, 3, 4096, Optional.of(new ManifestFile.Blocks(16384, 7, 30))));
        assertThat(file(manifest, "PG_VERSION").place())
                .isEqualTo(new ManifestFile.Place(1, 3, 0, 0, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"true,GZ", "false,NONE"})
    void manifestsWithoutATypeOfCompressionMeanGz(boolean isCompressed, Compression expected) throws IOException {
        IniText text = IniText.smallManifest()
                .remove("backup:option", "option-compress-type")
                .put("backup:option", "option-compress", String.valueOf(isCompressed));
        assertThat(parse(text).compression()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "target:file|pg_data/base/1|{\"size\":5,\"timestamp\":1}"
                        + "|line 29: \"pg_data/base/1\": expected a member \"checksum\", found none",
                "target:file|pg_data/base/1|{\"checksum\":\"12\",\"size\":5,\"timestamp\":1}"
                        + "|line 29: \"pg_data/base/1\": expected a SHA-1 in 40 digits, found \"12\"",
                "target:file|pg_data/base/1|{\"size\":-1,\"timestamp\":1}"
                        + "|line 29: \"pg_data/base/1\": expected a number from 0 to 9223372036854775807, found -1",
                "target:file|pg_data/base/1|{\"reference\":\"../x\",\"size\":0,\"timestamp\":1}"
                        + "|line 29: \"pg_data/base/1\": expected the label of a backup, found \"../x\"",
                "target:file|pg_data/none/1|{\"size\":0,\"timestamp\":1}"
                        + "|files lie in a directory that is not listed: \"none\"",
                "target:file|pg_data/base|{\"size\":0,\"timestamp\":1}"
                        + "|listed as a directory and as a file: \"base\"",
                "target:file|elsewhere/1|{\"size\":0,\"timestamp\":1}"
                        + "|line 28: \"elsewhere/1\": expected a name in pg_data or pg_tblspc, found \"elsewhere/1\"",
                "target:path|pg_data/a/b|{}|a directory lies in one that is not listed: \"a/b\"",
                "target:path|pg_data/a|{\"mode\":\"99\"}" + "|line 38: expected a mode in octal digits, found \"99\"",
                "target:link|pg_data/pg_wal|{\"destination\":\"/wal\"}"
                        + "|a link leads to what is not listed: \"pg_wal\"",
                "backup|backup-label|\"../../etc\"|line 8: expected the label of a backup, found \"../../etc\"",
                "backup:db|db-version|\"9.5\"|expected PostgreSQL 9.6 to 18, found \"9.5\"",
                "backup:option|option-compress-type|\"xz\"|expected a compression that is known, found \"xz\"",
            })
    void refusesWhatMakesNoSense(String section, String key, String json, String message) {
        IniText text = IniText.smallManifest().put(section, key, json);
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IniException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "target:file,pg_data/../x,{}",
        "target:path,pg_data//x,{}",
        "target:file,pg_tblspc/../../x,{}",
    })
    void refusesNamesThatLeadOut(String section, String key, String json) {
        IniText text = IniText.smallManifest().put(section, key, json);
        assertThatThrownBy(() -> parse(text)).isInstanceOf(UnsafePathException.class);
    }

    @ParameterizedTest
    @CsvSource({"../../etc", "/a/../b"})
    void refusesTablespacesThatLeadOut(String target) {
        IniText text = IniText.smallManifest()
                .put("target:path", "pg_data/pg_tblspc", "{}")
                .put("target:path", "pg_tblspc/16400", "{}")
                .put("target:link", "pg_data/pg_tblspc/16400", "{\"destination\":\"" + target + "\"}");
        assertThatThrownBy(() -> parse(text)).isInstanceOf(UnsafePathException.class);
    }

    @Test
    void filesOfMoreThanOneChunkAreFoundAndVisited() throws IOException {
        ManifestFiles files = new ManifestFiles();
        int count = 60_000;
        for (int i = 0; i < count; i++) {
            files.add(of(i));
        }
        assertThatThrownBy(() -> files.add(of(77)))
                .isInstanceOf(IniException.class)
                .hasMessage("the file is listed twice: \"base/7/77\"");
        int[] visited = {0};
        files.forEach(file -> assertThat(file).isEqualTo(of(visited[0]++)));
        assertThat(visited[0]).isEqualTo(count);
        for (int i = 0; i < count; i += 101) {
            assertThat(files.find(of(i).path())).contains(of(i));
        }
        assertThat(files.find(DataPath.of("base/7/78"))).isEmpty();
    }

    private static ManifestFile of(int number) {
        return new ManifestFile(
                DataPath.of("base/" + number % 10 + "/" + number),
                number % 3 == 0 ? 0 : number * 8192L,
                1_795_841_483L + number,
                number % 2,
                number % 3 == 0
                        ? Optional.empty()
                        : Optional.of(new org.pgrewind4j.transport.backup.Checksum(
                                org.pgrewind4j.transport.backup.Checksum.Algorithm.SHA1, SUM)),
                new ManifestFile.Place(
                        number % 5,
                        number * 100L,
                        number % 4,
                        number % 4 == 0 ? 0 : number * 1000L,
                        number % 7 == 0 ? Optional.of(new ManifestFile.Blocks(8192, 6, 9)) : Optional.empty()));
    }
}
