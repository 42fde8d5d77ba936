package org.pgrewind4j.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The checks that other tests rest on: each finds what it is for, and overlooks what it must. */
@Tag("server")
class ClusterChecksTest {

    private static final int FIRST_TUPLE_POINTER = 24;
    private static final int PRUNE_XID = 20;
    private static final int INFOMASK = 20;

    private static final PostgresServer ORIGINAL = newServer();
    private static String heap = "";
    private static String index = "";

    private PostgresServer copy = ORIGINAL;

    private static PostgresServer newServer() {
        return PostgresServer.builder(ServerRelease.newest()).withChecksums().build();
    }

    @BeforeAll
    static void writeRows() {
        ORIGINAL.initialize();
        ORIGINAL.start();
        Integrity.prepare(ORIGINAL);
        ORIGINAL.execute(
                "CREATE TABLE t (id int PRIMARY KEY, text text)",
                "INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 1000) g",
                "CREATE SEQUENCE s",
                "SELECT nextval('s')",
                "VACUUM t",
                "UPDATE t SET text = 'changed' WHERE id = 1000");
        heap = ORIGINAL.value("SELECT pg_relation_filepath('t')");
        index = ORIGINAL.value("SELECT pg_relation_filepath('t_pkey')");
        ORIGINAL.stop(StopMode.FAST);
    }

    @AfterAll
    static void closeOriginal() {
        ORIGINAL.close();
    }

    @BeforeEach
    void copyOriginal() {
        copy = ORIGINAL.copy();
    }

    @AfterEach
    void closeCopy() {
        copy.close();
    }

    @Test
    void copyIsEqual() {
        assertThat(PageComparison.of(ORIGINAL, copy)).isEmpty();
        assertThat(PageChecksums.bad(copy.dataDirectory())).isEmpty();
    }

    @Test
    void pagesTellFileBlockAndByteOfADifference() throws IOException {
        int data = firstTuple() + 24;
        flip(heap, PageMask.PAGE_SIZE + data, 0x01);

        PageDifference difference = PageComparison.of(ORIGINAL, copy).get(0);
        assertThat(difference.file()).isEqualTo(heap);
        assertThat(difference.block()).isEqualTo(1);
        assertThat(difference.offset()).isEqualTo(data);
        assertThat(difference.toString()).startsWith(heap + " block 1 byte " + data + ": ");
        assertThat(PageChecksums.bad(copy.dataDirectory())).containsExactly(heap + " block 1");
    }

    @Test
    void pagesOverlookHintsAndLsn() throws IOException {
        // Of the second page, whose rows nobody froze, and whose inserter the vacuum marked as committed.
        flip(heap, PageMask.PAGE_SIZE, 0x7F);
        flip(heap, PageMask.PAGE_SIZE + PRUNE_XID, 0x11);
        flip(heap, PageMask.PAGE_SIZE + firstTuple() + INFOMASK + 1, 0x01);

        assertThat(PageComparison.of(ORIGINAL, copy)).isEmpty();
        assertThat(PageChecksums.bad(copy.dataDirectory())).containsExactly(heap + " block 1");
    }

    @Test
    void pagesTellFlagsOfATupleThatAreNoHints() throws IOException {
        flip(heap, PageMask.PAGE_SIZE + firstTuple() + INFOMASK + 1, 0x20);

        assertThat(PageComparison.of(ORIGINAL, copy)).hasSize(1);
    }

    @Test
    void pagesTellAMissingEndButNotUnusedPages() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path(heap), "rw")) {
            file.setLength(file.length() + 2L * PageMask.PAGE_SIZE);
        }
        assertThat(PageComparison.of(ORIGINAL, copy)).isEmpty();

        try (RandomAccessFile file = new RandomAccessFile(path(heap), "rw")) {
            file.setLength(PageMask.PAGE_SIZE);
        }
        assertThat(PageComparison.of(ORIGINAL, copy))
                .isNotEmpty()
                .allMatch(difference -> difference.file().equals(heap) && difference.block() >= 1);
    }

    @Test
    void pagesTellTransactionStates() throws IOException {
        flip("pg_xact/0000", 180, 0xFF);

        assertThat(PageComparison.of(ORIGINAL, copy))
                .extracting(PageDifference::file)
                .containsExactly("pg_xact/0000");
    }

    @Test
    void runningServersAreNotComparedByPages() {
        copy.start();

        assertThatThrownBy(() -> PageComparison.of(ORIGINAL, copy))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server in " + copy.dataDirectory() + " is running");
    }

    @Test
    void contentsTellTheTableAndTheSequence() {
        copy.start();
        SortedMap<String, String> before = LogicalContents.of(copy);
        copy.execute("UPDATE t SET text = 'other' WHERE id = 7", "SELECT setval('s', 500)");
        SortedMap<String, String> after = new TreeMap<>(LogicalContents.of(copy));
        after.entrySet().removeAll(before.entrySet());

        assertThat(before).containsEntry("postgres: public.s", "logged up to 33");
        assertThat(before.get("postgres: public.t")).startsWith("1000 rows, ");
        assertThat(after).containsOnlyKeys("postgres: public.s", "postgres: public.t");
        assertThat(after).containsEntry("postgres: public.s", "logged up to 500");
    }

    @Test
    void integrityFindsNothingWrongOnAGoodServer() {
        copy.start();

        assertThat(Integrity.problems(copy)).isEmpty();
    }

    @Test
    void integrityFindsRowsThatTheIndexLacks() throws IOException {
        // Cut off the index's last leaf: its rows are in the heap only.
        zero(index, 3);
        copy.configure("ignore_checksum_failure", "on");
        copy.start();

        assertThat(Integrity.problems(copy)).anyMatch(problem -> problem.contains("\"t_pkey\""));
    }

    @Test
    void integrityFindsAVisibilityMapThatSaysTooMuch() throws IOException {
        // Bits of the last pages, one of which holds the row that was changed after the vacuum.
        flip(heap + "_vm", FIRST_TUPLE_POINTER + 1, 0xFF & ~visibility(FIRST_TUPLE_POINTER + 1));
        copy.configure("ignore_checksum_failure", "on");
        copy.start();

        assertThat(Integrity.problems(copy))
                .anyMatch(problem -> problem.startsWith("postgres: not visible to all: t "));
    }

    private int visibility(int offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path(heap + "_vm"), "r")) {
            file.seek(offset);
            return file.read();
        }
    }

    /** Where the first tuple of the heap's second page lies within the page. */
    private int firstTuple() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path(heap), "r")) {
            file.seek(PageMask.PAGE_SIZE + FIRST_TUPLE_POINTER);
            return file.read() | (file.read() & 0x7F) << 8;
        }
    }

    private void flip(String name, long position, int bits) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path(name), "rw")) {
            file.seek(position);
            int value = file.read();
            file.seek(position);
            file.write(value ^ bits);
        }
    }

    private void zero(String name, int block) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path(name), "rw")) {
            file.seek((long) block * PageMask.PAGE_SIZE);
            file.write(new byte[PageMask.PAGE_SIZE]);
        }
    }

    private String path(String name) {
        return copy.dataDirectory().resolve(name).toString();
    }
}
