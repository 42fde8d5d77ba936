package org.pgrewind4j.core.internal.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

class FetchedFileTest {

    private static final DataPath PATH = DataPath.of("pg_tblspc/1/PG_17_202406281/5/100");

    private static final StagingArea AREA = new StagingArea(Path.of("/data"), List.of(DataPath.of("pg_tblspc/1")));

    private static FetchedFile whole(long size) {
        return FetchedFile.of(new CopyFile(PATH, size), AREA, "7");
    }

    /** Blocks of 10 bytes: the second, the fourth and fifth, of a file of eight. */
    private static FetchedFile parts() {
        return FetchedFile.of(
                new CopyRanges(PATH, List.of(new FileRange(PATH, 10, 10), new FileRange(PATH, 30, 20)), 80),
                AREA,
                1000);
    }

    private static Manifest.Step step(FetchedFile copy, int... crcs) {
        copy.checked(crcs);
        return copy.step();
    }

    @Test
    void wholeFileHasTheSizeThatCame() {
        FetchedFile copy = whole(100);
        copy.delivered(0, 60);

        assertThat(copy.finalSize()).isEqualTo(60);
        assertThat(step(copy, 5)).isEqualTo(new Manifest.WholeFile(PATH, 60, 5, "pg_tblspc/1", "7"));
    }

    @Test
    void emptyFileIsAFile() {
        assertThat(step(whole(0), 5)).isEqualTo(new Manifest.WholeFile(PATH, 0, 5, "pg_tblspc/1", "7"));
    }

    @Test
    void partsKeepTheListedSizeIfAllCame() {
        FetchedFile copy = parts();
        copy.delivered(0, 10);
        copy.delivered(1, 20);

        assertThat(copy.finalSize()).isEqualTo(80);
        assertThat(step(copy, 5, 6))
                .isEqualTo(new Manifest.Parts(
                        PATH,
                        80,
                        "pg_tblspc/1",
                        List.of(new Manifest.Piece(10, 10, 5, 1000), new Manifest.Piece(30, 20, 6, 1010))));
    }

    @Test
    void partsEndWhereTheSourcesFileEnded() {
        FetchedFile copy = parts();
        copy.delivered(0, 10);
        copy.delivered(1, 5);

        assertThat(copy.finalSize()).isEqualTo(35);
    }

    @Test
    void partsThatDidNotComeAreNoPieces() {
        FetchedFile copy = parts();
        copy.delivered(0, 10);
        copy.delivered(1, 0);

        assertThat(step(copy, 5, 6))
                .isEqualTo(new Manifest.Parts(PATH, 30, "pg_tblspc/1", List.of(new Manifest.Piece(10, 10, 5, 1000))));
    }

    @Test
    void cutsWhatWasDeliveredBefore() {
        FetchedFile copy = parts();
        copy.delivered(0, 10);
        copy.delivered(1, 20);

        copy.cutAt(42);
        assertThat(copy.delivered(1)).isEqualTo(12);
        assertThat(copy.finalSize()).isEqualTo(42);

        copy.cutAt(12);
        assertThat(List.of(copy.delivered(0), copy.delivered(1))).containsExactly(2L, 0L);
        assertThat(copy.finalSize()).isEqualTo(12);
    }

    @Test
    void knowsWhereInTheStagedFileEachByteLies() {
        FetchedFile copy = parts();

        assertThat(copy.stagedAt(0, 13)).isEqualTo(1003);
        assertThat(copy.stagedAt(1, 30)).isEqualTo(1010);
        assertThat(copy.file()).isEqualTo(Path.of("/data/pg_tblspc/1/pgrewind4j.staging/blocks"));
    }

    @Test
    void inPlaceEachByteLiesWhereItBelongs() {
        CopyRanges ranges = new CopyRanges(PATH, List.of(new FileRange(PATH, 10, 10), new FileRange(PATH, 30, 20)), 80);
        FetchedFile copy = FetchedFile.inPlace(ranges, AREA, Path.of("/data/file"));

        assertThat(copy.stagedAt(0, 13)).isEqualTo(13);
        assertThat(copy.stagedAt(1, 30)).isEqualTo(30);
        assertThat(copy.file()).isEqualTo(Path.of("/data/file"));
    }
}
