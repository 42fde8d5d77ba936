package org.pgrewind4j.transport.pgbackrest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.Transport;

/** Trees by the SHA-1 of each file's content. */
final class RestoredFiles {

    private RestoredFiles() {}

    /** What a transport delivers of all files that it lists. */
    static Map<String, String> of(Transport transport) throws IOException {
        List<FileRange> ranges = new ArrayList<>();
        transport.list(Set.of(), file -> {
            if (file.type() == SourceFile.Type.FILE) {
                ranges.add(new FileRange(file.path(), 0, Long.MAX_VALUE));
            }
        });
        Map<String, String> sums = new TreeMap<>();
        transport.fetch(ranges, new RangeReceiver() {
            private final Map<Integer, MessageDigest> open = new HashMap<>();

            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) {
                open.computeIfAbsent(range, added -> Sha1.digest()).update(chunk);
            }

            @Override
            public void end(int range, long delivered) {
                MessageDigest digest = open.getOrDefault(range, Sha1.digest());
                sums.put(ranges.get(range).path().toString(), HexFormat.of().formatHex(digest.digest()));
                open.remove(range);
            }

            @Override
            public void vanished(int range) {
                throw new AssertionError("vanished: " + ranges.get(range));
            }
        });
        return sums;
    }

    /** What a transport delivers of ranges of files that are there. */
    static ByteBuffer[] ranges(Transport transport, List<FileRange> ranges) throws IOException {
        List<ByteArrayOutputStream> found = new ArrayList<>();
        ranges.forEach(range -> found.add(new ByteArrayOutputStream()));
        transport.fetch(ranges, new RangeReceiver() {
            @Override
            public void bytes(int range, long offset, ByteBuffer chunk) {
                byte[] piece = new byte[chunk.remaining()];
                chunk.get(piece);
                found.get(range).writeBytes(piece);
            }

            @Override
            public void end(int range, long delivered) {
                if (delivered != found.get(range).size()) {
                    throw new AssertionError(ranges.get(range) + ": " + delivered);
                }
            }

            @Override
            public void vanished(int range) {
                throw new AssertionError("vanished: " + ranges.get(range));
            }
        });
        return found.stream().map(bytes -> ByteBuffer.wrap(bytes.toByteArray())).toArray(ByteBuffer[]::new);
    }

    /** What lies in a directory, with what its tablespaces' links lead to. */
    static Map<String, String> of(Path dataDirectory) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        collect(dataDirectory, dataDirectory, sums);
        Path tablespaces = dataDirectory.resolve(DataPath.TABLESPACES.toString());
        try (Stream<Path> links = Files.list(tablespaces)) {
            for (Path link : links.toList()) {
                collect(dataDirectory, link, sums);
            }
        }
        return sums;
    }

    private static void collect(Path dataDirectory, Path root, Map<String, String> sums) throws IOException {
        try (Stream<Path> walk = Files.walk(root.resolve("."))) {
            for (Path file :
                    walk.filter(Files::isRegularFile).map(Path::normalize).toList()) {
                sums.put(
                        dataDirectory.relativize(file).toString(),
                        HexFormat.of().formatHex(Sha1.digest().digest(Files.readAllBytes(file))));
            }
        }
    }
}
