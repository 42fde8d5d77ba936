package org.pgrewind4j.core.internal.area;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.ClearPath;
import org.pgrewind4j.core.FileAction.CreateDirectory;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.core.FileAction.RemoveDirectory;
import org.pgrewind4j.core.FileAction.RemoveFile;
import org.pgrewind4j.core.FileAction.SetAttributes;
import org.pgrewind4j.core.FileAction.Truncate;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.backup.BackupEntry;

/**
 * The manifest as a file: a line for each step, fields separated by tabs (which no path holds), closed by a line with
 * the CRC-32C of everything before it.
 *
 * <table>
 * <caption>The lines</caption>
 * <tr><th>first field</th><th>other fields</th></tr>
 * <tr><td>pgrewind4j-manifest</td><td>version of the form</td></tr>
 * <tr><td>control</td><td>fingerprint of the target's control file</td></tr>
 * <tr><td>divergence</td><td>kind, timeline, position; missing where the target's history did not matter</td></tr>
 * <tr><td>replay</td><td>redo, end</td></tr>
 * <tr><td>restore</td><td>label of the backup; permissions, owner and group of the data directory; missing for a
 *     rewind</td></tr>
 * <tr><td>copied</td><td>blocks, their bytes, bytes of relations, WAL, other</td></tr>
 * <tr><td>place</td><td>path of a link, or empty</td></tr>
 * <tr><td>directory, rmdir, remove</td><td>path</td></tr>
 * <tr><td>tablespace</td><td>path, location</td></tr>
 * <tr><td>clear</td><td>path, kind of what may stay, target of a link</td></tr>
 * <tr><td>attributes</td><td>path, permissions, owner, group, time in seconds; what there is none of is empty</td></tr>
 * <tr><td>truncate</td><td>path, size</td></tr>
 * <tr><td>file</td><td>path, size, CRC, place, name</td></tr>
 * <tr><td>parts</td><td>path, final size, place; followed by its pieces</td></tr>
 * <tr><td>piece</td><td>offset, length, CRC, position in the blocks file or -1</td></tr>
 * <tr><td>end</td><td>CRC of the lines before</td></tr>
 * </table>
 */
public final class ManifestText {

    private static final String FIRST = "pgrewind4j-manifest\t1\n";
    private static final String END = "end\t";

    private static final Problem DAMAGED = new Problem(
            Problem.Kind.STAGING_DAMAGED,
            Side.TARGET,
            OwnNames.STAGING + "/manifest",
            "the manifest of an interrupted rewind is damaged, or of another version of this library",
            "resume with the version that began the rewind; if that fails too, restore the target from a backup of the"
                    + " new primary.");

    private ManifestText() {}

    public static byte[] format(Manifest manifest) {
        StringBuilder text = new StringBuilder();
        line(text, "control", manifest.targetControlFile());
        Divergence divergence = manifest.points().divergence();
        if (divergence != null) {
            line(text, "divergence", divergence.kind(), divergence.timeline(), divergence.position());
        }
        line(text, "replay", manifest.points().redo(), manifest.points().end());
        RestoredBackup restored = manifest.restored();
        if (restored != null) {
            BackupEntry.Attributes directory = restored.dataDirectory();
            line(
                    text,
                    "restore",
                    restored.label(),
                    directory.mode(),
                    user(directory),
                    group(directory),
                    restored.request());
        }
        CopiedBytes copied = manifest.copied();
        line(
                text,
                "copied",
                copied.blocks(),
                copied.blockBytes(),
                copied.relationBytes(),
                copied.walBytes(),
                copied.otherBytes());
        manifest.places().forEach(place -> line(text, "place", place));
        for (Manifest.Step step : manifest.steps()) {
            if (step instanceof Manifest.Plain plain) {
                plain(text, plain.action());
            } else if (step instanceof Manifest.WholeFile file) {
                line(text, "file", file.path(), file.size(), file.crc(), file.place(), file.name());
            } else if (step instanceof Manifest.Parts parts) {
                line(text, "parts", parts.path(), parts.finalSize(), parts.place());
                for (Manifest.Piece piece : parts.pieces()) {
                    line(text, "piece", piece.offset(), piece.length(), piece.crc(), piece.staged());
                }
            }
        }
        return closed(text);
    }

    /** Puts the first line before the others and the last one behind them. */
    static byte[] closed(StringBuilder lines) {
        lines.insert(0, FIRST);
        line(lines, "end", crc(lines.toString()));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void plain(StringBuilder text, FileAction action) {
        if (action instanceof CreateDirectory create) {
            line(text, "directory", create.path());
        } else if (action instanceof CreateTablespaceLink link) {
            line(text, "tablespace", link.path(), link.location());
        } else if (action instanceof Truncate truncate) {
            line(text, "truncate", truncate.path(), truncate.size());
        } else if (action instanceof ClearPath clear) {
            SourceFile needed = clear.needed();
            line(text, "clear", needed.path(), needed.type(), needed.linkTarget());
        } else if (action instanceof SetAttributes set) {
            String modified = set.modified()
                    .map(time -> Long.toString(time.getEpochSecond()))
                    .orElse("");
            BackupEntry.Attributes attributes = set.attributes();
            line(text, "attributes", set.path(), attributes.mode(), user(attributes), group(attributes), modified);
        } else if (action instanceof RemoveFile remove) {
            line(text, "remove", remove.path());
        } else if (action instanceof RemoveDirectory remove) {
            line(text, "rmdir", remove.path());
        } else {
            throw new IllegalStateException("needs staged data: " + action);
        }
    }

    private static String user(BackupEntry.Attributes attributes) {
        return attributes.user().orElse("");
    }

    private static String group(BackupEntry.Attributes attributes) {
        return attributes.group().orElse("");
    }

    private static void line(StringBuilder text, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            text.append(i == 0 ? "" : "\t").append(fields[i]);
        }
        text.append('\n');
    }

    private static int crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    /**
     * Reads a manifest back.
     *
     * @throws PgRewindException if it is not whole, or of another version
     */
    public static Manifest parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf(END);
        if (!text.startsWith(FIRST)
                || end < 0
                || !text.substring(end).equals(END + crc(text.substring(0, end)) + "\n")) {
            throw new ProblemException(DAMAGED);
        }
        try {
            return new Parser().parse(text.substring(FIRST.length(), end).split("\n"));
        } catch (RuntimeException e) {
            // Its CRC is right, so it was written like that, by whatever claims to be this version.
            throw new ProblemException(DAMAGED, e);
        }
    }

    /** Goes over lines whose CRC was good. */
    private static final class Parser {
        private final List<String> places = new ArrayList<>();
        private final List<Manifest.Step> steps = new ArrayList<>();
        private final List<Manifest.Piece> pieces = new ArrayList<>();
        private String control = "";
        private @Nullable Divergence divergence;
        private Manifest.@Nullable ReplayPoints points;
        private @Nullable CopiedBytes copied;
        private @Nullable RestoredBackup restored;

        Manifest parse(String[] lines) {
            for (String line : lines) {
                String[] field = line.split("\t", -1);
                if (field[0].equals("piece")) {
                    pieces.add(piece(field));
                    continue;
                }
                closeParts();
                switch (field[0]) {
                    case "control" -> control = field[1];
                    case "divergence" ->
                        divergence = new Divergence(
                                Divergence.Kind.valueOf(field[1]),
                                new TimelineId(Long.parseLong(field[2])),
                                Lsn.parse(field[3]));
                    case "replay" ->
                        points = new Manifest.ReplayPoints(divergence, Lsn.parse(field[1]), Lsn.parse(field[2]));
                    case "restore" -> restored = new RestoredBackup(field[1], attributes(field, 2), field[5]);
                    case "copied" ->
                        copied = new CopiedBytes(
                                Long.parseLong(field[1]),
                                Long.parseLong(field[2]),
                                Long.parseLong(field[3]),
                                Long.parseLong(field[4]),
                                Long.parseLong(field[5]));
                    case "place" -> places.add(field[1]);
                    default -> steps.add(step(field));
                }
            }
            closeParts();
            return new Manifest(control, requireNonNull(points), requireNonNull(copied), places, steps, restored);
        }

        /** Gives the pieces that were read to the file whose line stood before them. */
        private void closeParts() {
            int last = steps.size() - 1;
            if (last >= 0
                    && steps.get(last) instanceof Manifest.Parts parts
                    && parts.pieces().isEmpty()) {
                steps.set(last, new Manifest.Parts(parts.path(), parts.finalSize(), parts.place(), pieces));
                pieces.clear();
            }
        }

        private static Manifest.Step step(String[] field) {
            DataPath path = DataPath.of(field[1]);
            return switch (field[0]) {
                case "directory" -> new Manifest.Plain(new CreateDirectory(path));
                case "tablespace" -> new Manifest.Plain(new CreateTablespaceLink(path, field[2]));
                case "truncate" -> new Manifest.Plain(new Truncate(path, Long.parseLong(field[2])));
                case "clear" ->
                    new Manifest.Plain(
                            new ClearPath(new SourceFile(path, SourceFile.Type.valueOf(field[2]), 0, field[3])));
                case "attributes" ->
                    new Manifest.Plain(new SetAttributes(
                            path,
                            attributes(field, 2),
                            some(field[5]).map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))));
                case "remove" -> new Manifest.Plain(new RemoveFile(path));
                case "rmdir" -> new Manifest.Plain(new RemoveDirectory(path));
                case "file" ->
                    new Manifest.WholeFile(
                            path, Long.parseLong(field[2]), Integer.parseInt(field[3]), field[4], field[5]);
                case "parts" -> new Manifest.Parts(path, Long.parseLong(field[2]), field[3], List.of());
                default -> throw new IllegalStateException("unknown step \"" + field[0] + "\"");
            };
        }

        private static BackupEntry.Attributes attributes(String[] field, int first) {
            return new BackupEntry.Attributes(
                    Integer.parseInt(field[first]), some(field[first + 1]), some(field[first + 2]));
        }

        private static Optional<String> some(String text) {
            return Optional.of(text).filter(present -> !present.isEmpty());
        }

        private static Manifest.Piece piece(String[] field) {
            return new Manifest.Piece(
                    Long.parseLong(field[1]),
                    Long.parseLong(field[2]),
                    Integer.parseInt(field[3]),
                    Long.parseLong(field[4]));
        }
    }
}
