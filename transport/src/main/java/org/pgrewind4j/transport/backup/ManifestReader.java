package org.pgrewind4j.transport.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.BackupManifest.Content;
import org.pgrewind4j.transport.backup.BackupManifest.WalRange;

/**
 * Reads a {@code backup_manifest} (PostgreSQL: {@code src/common/parse_manifest.c}). It is JSON, whose last line holds the
 * SHA-256 of all lines before it:
 *
 * <pre>
 * { "PostgreSQL-Backup-Manifest-Version": 2,
 * "System-Identifier": 7430000000000000000,
 * "Files": [
 * { "Path": "backup_label", "Size": 225, "Last-Modified": "...", "Checksum-Algorithm": "CRC32C", "Checksum": "7c5f..." },
 * ...
 * ],
 * "WAL-Ranges": [
 * { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
 * ],
 * "Manifest-Checksum": "..."}
 * </pre>
 */
final class ManifestReader {

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxNumberLength(30)
                    .maxStringLength(16 * 1024)
                    .maxNameLength(100)
                    .build())
            .build();

    private static final Pattern LAST_LINE = Pattern.compile("\"Manifest-Checksum\": \"([0-9a-f]{64})\"\\}\n");
    private static final int LAST_LINE_LENGTH = 89;
    private static final int PIECE = 64 * 1024;

    private final Path file;
    private final Map<DataPath, Content> files = new HashMap<>();
    private final List<WalRange> ranges = new ArrayList<>();
    private Optional<Long> systemIdentifier = Optional.empty();
    private long version;

    private ManifestReader(Path file) {
        this.file = file;
    }

    /**
     * Reads a manifest.
     *
     * @throws BackupException if it is not one, or was changed
     * @throws org.pgrewind4j.transport.UnsafePathException if a path in it is not safe
     * @throws IOException if it cannot be read
     */
    static BackupManifest read(Path file) throws IOException {
        ManifestReader reader = new ManifestReader(file);
        reader.checkSum();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE);
                JsonParser parser = FACTORY.createParser(in)) {
            reader.read(parser);
        } catch (JsonProcessingException e) {
            throw BackupException.at(
                    file + ", offset " + e.getLocation().getByteOffset(),
                    "expected the JSON of a backup manifest: " + e.getOriginalMessage(),
                    e);
        }
        return new BackupManifest(reader.systemIdentifier, reader.files, reader.ranges);
    }

    private void checkSum() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long length = channel.size() - LAST_LINE_LENGTH;
            ByteBuffer last = ByteBuffer.allocate(LAST_LINE_LENGTH);
            fill(channel, last, Math.max(0, length));
            Matcher line = LAST_LINE.matcher(StandardCharsets.ISO_8859_1.decode(last.flip()));
            if (length < 0 || !line.matches()) {
                throw BackupException.at(file, "expected a last line with \"Manifest-Checksum\": it is not complete");
            }
            RunningChecksum sum = RunningChecksum.of(Checksum.Algorithm.SHA256);
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            for (long position = 0; position < length; position += piece.limit()) {
                piece.clear().limit((int) Math.min(PIECE, length - position));
                fill(channel, piece, position);
                piece.flip();
                if (!piece.hasRemaining()) {
                    throw BackupException.at(file, "the file was cut while it was read");
                }
                sum.update(piece);
            }
            String found = sum.value().hex();
            if (!found.equals(line.group(1))) {
                throw BackupException.at(file, "expected the SHA-256 " + line.group(1) + ", found " + found);
            }
        }
    }

    private static void fill(FileChannel channel, ByteBuffer target, long from) throws IOException {
        while (target.hasRemaining() && channel.read(target, from + target.position()) >= 0) {
            // Goes on until it is full or the file ends.
        }
    }

    private void read(JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, parser, "an object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            expect(version > 0 || name.equals("PostgreSQL-Backup-Manifest-Version"), parser, "the version first");
            parser.nextToken();
            switch (name) {
                case "PostgreSQL-Backup-Manifest-Version" -> {
                    version = number(parser).longValue();
                    expect(version == 1 || version == 2, parser, "version 1 or 2");
                }
                case "System-Identifier" -> systemIdentifier = Optional.of(identifier(parser));
                case "Files" -> objects(parser, this::file);
                case "WAL-Ranges" -> objects(parser, this::range);
                case "Manifest-Checksum" -> text(parser);
                default -> expect(false, parser, "a name that is known, found \"" + VisibleText.of(name) + "\"");
            }
        }
        expect(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, parser, "the end");
        expect(!ranges.isEmpty(), parser, "WAL ranges");
    }

    private interface Item {
        void take(Map<String, Object> members, JsonParser parser) throws IOException;
    }

    private void objects(JsonParser parser, Item item) throws IOException {
        expect(parser.currentToken() == JsonToken.START_ARRAY, parser, "an array");
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            Map<String, Object> members = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? number(parser) : text(parser));
            }
            item.take(members, parser);
        }
        expect(parser.currentToken() == JsonToken.END_ARRAY, parser, "the end of an array");
    }

    private void file(Map<String, Object> members, JsonParser parser) throws IOException {
        DataPath path = DataPath.ofUntrusted(name(members, parser));
        BigInteger size = member(members, "Size", BigInteger.class, parser);
        expect(size.signum() >= 0 && size.bitLength() < Long.SIZE, parser, "the size of a file");
        Optional<Checksum> checksum = Optional.empty();
        if (members.containsKey("Checksum-Algorithm")) {
            checksum = Optional.of(checksum(members, parser));
        }
        boolean isNew = files.put(path, new Content(size.longValueExact(), checksum)) == null;
        expect(isNew, parser, "each file once, found \"" + path + "\" twice");
    }

    private String name(Map<String, Object> members, JsonParser parser) throws IOException {
        if (members.containsKey("Path")) {
            return member(members, "Path", String.class, parser);
        }
        String hex = member(members, "Encoded-Path", String.class, parser);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)))
                    .toString();
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw fault(parser, "the name of a file in UTF-8, found \"" + VisibleText.of(hex) + "\"");
        }
    }

    private Checksum checksum(Map<String, Object> members, JsonParser parser) throws IOException {
        String algorithm = member(members, "Checksum-Algorithm", String.class, parser);
        String hex = member(members, "Checksum", String.class, parser).toLowerCase(Locale.ROOT);
        try {
            return new Checksum(Checksum.Algorithm.valueOf(algorithm), hex);
        } catch (IllegalArgumentException e) {
            throw fault(parser, "a checksum of a kind that is known, found " + VisibleText.of(algorithm + " " + hex));
        }
    }

    private void range(Map<String, Object> members, JsonParser parser) throws IOException {
        BigInteger timeline = member(members, "Timeline", BigInteger.class, parser);
        try {
            ranges.add(new WalRange(
                    new TimelineId(timeline.longValueExact()),
                    Lsn.parse(member(members, "Start-LSN", String.class, parser)),
                    Lsn.parse(member(members, "End-LSN", String.class, parser))));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw fault(parser, "a timeline and two LSNs");
        }
    }

    private <T> T member(Map<String, Object> members, String name, Class<T> type, JsonParser parser)
            throws BackupException {
        Object value = members.get(name);
        if (!type.isInstance(value)) {
            throw fault(parser, "\"" + name + "\"");
        }
        return type.cast(value);
    }

    private long identifier(JsonParser parser) throws IOException {
        BigInteger value = number(parser);
        expect(value.signum() >= 0 && value.bitLength() <= Long.SIZE, parser, "a system identifier");
        return value.longValue();
    }

    private BigInteger number(JsonParser parser) throws IOException {
        expect(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, parser, "a number");
        BigInteger value = parser.getBigIntegerValue();
        expect(value.bitLength() <= Long.SIZE, parser, "a number of 64 bits");
        return value;
    }

    private String text(JsonParser parser) throws IOException {
        expect(parser.currentToken() == JsonToken.VALUE_STRING, parser, "a text");
        return parser.getText();
    }

    private void expect(boolean isSo, JsonParser parser, String what) throws BackupException {
        if (!isSo) {
            throw fault(parser, what);
        }
    }

    private BackupException fault(JsonParser parser, String expected) {
        return BackupException.at(
                file + ", offset " + parser.currentLocation().getByteOffset(), "expected " + expected);
    }
}
