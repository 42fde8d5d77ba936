package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares two stopped data directories page by page: the main and init forks of all relations that are logged, in all
 * tablespaces; and the states of transactions ({@code pg_xact}, {@code pg_multixact}, {@code pg_commit_ts}).
 *
 * <p>What may differ without anything being wrong does not count: hint bits, page LSNs and checksums, unused space (see
 * {@link PageMask}); the values of sequences, of which WAL runs ahead; a missing file or end of a file where the other
 * side has but pages that were never used. Unlogged and temporary relations are left out, and before 10 hash indexes.
 */
public final class PageComparison {

    private static final Pattern MAIN_FORK = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Pattern INIT_FORK = Pattern.compile("(\\d+)_init(\\.\\d+)?");
    private static final int ENOUGH = 20;

    private final Path left;
    private final Path right;
    private final PageMask mask;
    private final List<PageDifference> differences = new ArrayList<>();

    private PageComparison(Path left, Path right, ServerRelease release) {
        this.left = left;
        this.right = right;
        this.mask = new PageMask(release);
    }

    /**
     * Compares.
     *
     * @param left a data directory whose server is stopped
     * @param right the other one
     * @param release the release of both
     * @return the pages that differ, none if all is well; not more than 20
     */
    public static List<PageDifference> of(Path left, Path right, ServerRelease release) {
        PageComparison comparison = new PageComparison(left, right, release);
        try {
            SortedSet<String> files = relationFiles(left);
            files.addAll(relationFiles(right));
            for (String file : files) {
                comparison.compare(file, comparison::comparePages);
            }
            SortedSet<String> states = transactionFiles(left, release);
            states.addAll(transactionFiles(right, release));
            for (String file : states) {
                comparison.compare(file, comparison::compareBytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(comparison.differences);
    }

    /**
     * Compares two stopped servers.
     *
     * @param left one
     * @param right the other one, of the same release
     * @return the pages that differ, none if all is well; not more than 20
     */
    public static List<PageDifference> of(PostgresServer left, PostgresServer right) {
        for (PostgresServer server : List.of(left, right)) {
            if (server.isRunning()) {
                throw new IllegalStateException("the server in " + server.dataDirectory() + " is running");
            }
        }
        return of(left.dataDirectory(), right.dataDirectory(), left.release());
    }

    /** What to do with one page of a file. */
    private interface Comparer {
        void compare(String file, long block, byte[] leftPage, byte[] rightPage);
    }

    private void compare(String file, Comparer comparer) throws IOException {
        try (InputStream leftPages = open(left.resolve(file));
                InputStream rightPages = open(right.resolve(file))) {
            for (long block = 0; differences.size() < ENOUGH; block++) {
                byte[] leftPage = leftPages.readNBytes(PageMask.PAGE_SIZE);
                byte[] rightPage = rightPages.readNBytes(PageMask.PAGE_SIZE);
                if (leftPage.length == 0 && rightPage.length == 0) {
                    return;
                }
                if (!Arrays.equals(leftPage, rightPage)) {
                    // What one side lacks is zeros: a page that was never used.
                    comparer.compare(file, block, padded(leftPage), padded(rightPage));
                }
            }
        }
    }

    private static byte[] padded(byte[] page) {
        return Arrays.copyOf(page, PageMask.PAGE_SIZE);
    }

    private void comparePages(String file, long block, byte[] leftPage, byte[] rightPage) {
        if (!mask.isLogged(leftPage) && !mask.isLogged(rightPage)) {
            return;
        }
        mask.apply(leftPage, block);
        mask.apply(rightPage, block);
        compareBytes(file, block, leftPage, rightPage);
    }

    private void compareBytes(String file, long block, byte[] leftPage, byte[] rightPage) {
        int offset = Arrays.mismatch(leftPage, rightPage);
        if (offset >= 0) {
            differences.add(PageDifference.of(file, block, offset, leftPage, rightPage));
        }
    }

    private static InputStream open(Path file) throws IOException {
        return Files.exists(file) ? Files.newInputStream(file) : InputStream.nullInputStream();
    }

    private static SortedSet<String> relationFiles(Path data) throws IOException {
        List<Path> folders = new ArrayList<>(List.of(data.resolve("global")));
        folders.addAll(children(data.resolve("base")));
        for (Path tablespace : children(data.resolve("pg_tblspc"))) {
            for (Path version : children(tablespace)) {
                folders.addAll(children(version));
            }
        }
        SortedSet<String> files = new TreeSet<>();
        for (Path folder : folders) {
            addRelationFiles(data, folder, files);
        }
        return files;
    }

    private static SortedSet<String> transactionFiles(Path data, ServerRelease release) throws IOException {
        SortedSet<String> files = new TreeSet<>();
        String commits = release.isAtLeast(10) ? "pg_xact" : "pg_clog";
        for (String folder : List.of(commits, "pg_commit_ts", "pg_multixact/offsets", "pg_multixact/members")) {
            for (Path file : children(data.resolve(folder))) {
                files.add(data.relativize(file).toString());
            }
        }
        return files;
    }

    private static void addRelationFiles(Path data, Path folder, SortedSet<String> files) throws IOException {
        Set<String> names = children(folder).stream()
                .map(path -> path.getFileName().toString())
                .collect(Collectors.toSet());
        for (String name : names) {
            String relation = name.replaceFirst("[._].*", "");
            boolean logged = !names.contains(relation + "_init");
            if (INIT_FORK.matcher(name).matches() || (MAIN_FORK.matcher(name).matches() && logged)) {
                files.add(data.relativize(folder.resolve(name)).toString());
            }
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }
}
