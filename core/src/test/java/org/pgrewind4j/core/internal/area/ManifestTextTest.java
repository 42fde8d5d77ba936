package org.pgrewind4j.core.internal.area;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;

class ManifestTextTest {

    private static final Manifest MANIFEST = new Manifest(
            Manifest.fingerprint(new byte[] {1}),
            new Manifest.ReplayPoints(
                    new Divergence(Divergence.Kind.FORKED, new TimelineId(3), Lsn.parse("0/3000158")),
                    Lsn.parse("0/2000028"),
                    Lsn.parse("1/A0")),
            new CopiedBytes(1, 8192, 3, 4, 5),
            List.of("", "pg_tblspc/16400"),
            List.of(
                    new Manifest.Plain(new FileAction.CreateDirectory(DataPath.of("base/new one"))),
                    new Manifest.Plain(new FileAction.CreateTablespaceLink(DataPath.of("pg_tblspc/1"), "/a b/ü")),
                    new Manifest.WholeFile(DataPath.of("base/5/1"), 0, 0, "", "0"),
                    new Manifest.Parts(
                            DataPath.of("base/5/2"),
                            24576,
                            "pg_tblspc/16400",
                            List.of(new Manifest.Piece(0, 8192, 11, 0), new Manifest.Piece(16384, 8192, -12, 8192))),
                    new Manifest.Parts(DataPath.of("base/5/3"), 0, "", List.of()),
                    new Manifest.Plain(new FileAction.Truncate(DataPath.of("base/5/4"), 1L << 40)),
                    new Manifest.Plain(new FileAction.RemoveFile(DataPath.of("base/5/5"))),
                    new Manifest.Plain(new FileAction.RemoveDirectory(DataPath.of("base/6")))));

    @Test
    void parsesARestoreThatItPrints() {
        BackupEntry.Attributes named = new BackupEntry.Attributes(0750, Optional.of("postgres"), Optional.of("dba"));
        BackupEntry.Attributes nameless = new BackupEntry.Attributes(0, Optional.empty(), Optional.empty());
        DataPath path = DataPath.of("base/5/1");
        Manifest manifest = new Manifest(
                Manifest.NO_CONTROL_FILE,
                new Manifest.ReplayPoints(null, Lsn.parse("0/2000028"), Lsn.parse("1/A0")),
                new CopiedBytes(1, 8192, 3, 4, 5),
                List.of(""),
                List.of(
                        new Manifest.Plain(new FileAction.ClearPath(SourceFile.directory(path))),
                        new Manifest.Plain(new FileAction.ClearPath(SourceFile.file(path, 0))),
                        new Manifest.Plain(
                                new FileAction.ClearPath(SourceFile.symlink(DataPath.of("pg_tblspc/1"), "/a b"))),
                        new Manifest.Plain(
                                new FileAction.SetAttributes(path, named, Optional.of(Instant.ofEpochSecond(-1)))),
                        new Manifest.Plain(new FileAction.SetAttributes(path, nameless, Optional.empty()))),
                new RestoredBackup("20261128-101010F", named, "cafe"));

        assertThat(ManifestText.parse(ManifestText.format(manifest))).isEqualTo(manifest);
    }

    @Test
    void parsesWhatItPrints() {
        assertThat(ManifestText.parse(ManifestText.format(MANIFEST))).isEqualTo(MANIFEST);
    }

    @Property(tries = 500)
    void refusesAnyOtherByte(@ForAll int seed, @ForAll @IntRange(min = 1, max = 255) int flip) {
        byte[] text = ManifestText.format(MANIFEST);
        text[Math.floorMod(seed, text.length)] ^= (byte) flip;

        assertThatThrownBy(() -> ManifestText.parse(text))
                .isInstanceOf(PgRewindException.class)
                .hasMessageStartingWith("the manifest of an interrupted rewind is damaged");
    }

    @Property(tries = 100)
    void refusesAnyShorterText(@ForAll @IntRange(min = 0, max = 360) int length) {
        byte[] text = java.util.Arrays.copyOf(ManifestText.format(MANIFEST), length);

        assertThatThrownBy(() -> ManifestText.parse(text)).isInstanceOf(PgRewindException.class);
    }
}
