package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pgrewind4j.wal.PageHeader;

/** Verifies the checksum of each page of a stopped data directory, as {@code pg_checksums} does, on every release. */
public final class PageChecksums {

    private static final Pattern FILE = Pattern.compile("\\d+(?:_(?:fsm|vm|init))?(?:\\.(\\d+))?");
    private static final int SEGMENT_BLOCKS = 131_072;

    private PageChecksums() {}

    /**
     * Verifies all forks of all relations.
     *
     * @param data a data directory with checksums, whose server was stopped cleanly
     * @return the pages whose checksum is wrong, as file and block; none if all is well
     */
    public static List<String> bad(Path data) {
        List<String> bad = new ArrayList<>();
        for (String root : List.of("base", "global", "pg_tblspc")) {
            try (Stream<Path> files = Files.walk(data.resolve(root), FileVisitOption.FOLLOW_LINKS)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    Matcher name = FILE.matcher(file.getFileName().toString());
                    if (name.matches()) {
                        String segment = name.group(1);
                        long first = segment == null ? 0 : Long.parseLong(segment) * SEGMENT_BLOCKS;
                        verify(file, first, data.relativize(file).toString(), bad);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return List.copyOf(bad);
    }

    private static void verify(Path file, long first, String name, List<String> bad) throws IOException {
        try (InputStream pages = Files.newInputStream(file)) {
            long block = first;
            for (byte[] page = next(pages); page.length > 0; page = next(pages)) {
                ByteBuffer bytes = ByteBuffer.wrap(page);
                boolean whole = page.length == PageMask.PAGE_SIZE;
                boolean fresh = whole && PageHeader.isNew(bytes, 0, page.length);
                if (!whole || (!fresh && !PageHeader.verify(bytes, 0, page.length, block))) {
                    bad.add(name + " block " + (block - first));
                }
                block++;
            }
        }
    }

    private static byte[] next(InputStream pages) throws IOException {
        return pages.readNBytes(PageMask.PAGE_SIZE);
    }
}
