package org.pgrewind4j.transport.backup;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.UnsafePathException;

/**
 * What the tar files of a base backup hold, and where (PostgreSQL: {@code src/backend/backup/basebackup.c}, {@code sendDir}):
 * {@code base.tar} the data directory, {@code OID.tar} a tablespace's directory, {@code pg_wal.tar} what belongs in
 * {@code pg_wal}. Where tablespaces lay is in {@code tablespace_map}, a line each, or in symbolic links.
 *
 * <p>Nothing in them is believed: each name must be a path of a data directory, and stand for one thing; each content must lie
 * within its tar file. The index takes some 300 bytes a member.
 */
final class TarIndex {

    private static final DataPath MAP = DataPath.of("tablespace_map");
    private static final int LONGEST_MAP = 4 << 20;
    private static final Pattern MAP_LINE = Pattern.compile("([1-9][0-9]{0,9}) (.+)", Pattern.DOTALL);

    private final SortedMap<DataPath, TarMember> members = new TreeMap<>();

    private TarIndex() {}

    /** Reads the tar files once. */
    static SortedMap<DataPath, TarMember> of(TarStore store) throws IOException {
        TarIndex index = new TarIndex();
        for (Map.Entry<String, PlainTar> tar : store.tars().entrySet()) {
            index.read(tar.getKey(), store.place(tar.getKey()), tar.getValue());
        }
        index.placeTablespaces(store.place("base"));
        index.addParents();
        return index.members;
    }

    private void read(String name, Path place, PlainTar tar) throws IOException {
        String below =
                name.equals("base") ? "" : name.equals("pg_wal") ? "pg_wal/" : DataPath.TABLESPACES + "/" + name + "/";
        Position position = new Position(tar);
        try (TarArchiveInputStream in = new TarArchiveInputStream(position, "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                add(below, entry, place, tar, position.at());
            }
        } catch (BackupException | UnsafePathException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw BackupException.at(
                    place + ", offset " + position.at(), "expected a member of a tar file: " + e.getMessage(), e);
        }
    }

    private void add(String below, TarArchiveEntry entry, Path place, PlainTar tar, long offset) throws IOException {
        String name = plain(entry.getName());
        if (name.isEmpty()) {
            return;
        }
        DataPath path = DataPath.ofUntrusted(below + name);
        String at = place + ", offset " + offset;
        Instant modified =
                Instant.ofEpochSecond(entry.getLastModifiedTime().toInstant().getEpochSecond());
        int mode = entry.getMode() & 0777;
        if (entry.isSymbolicLink()) {
            put(at, new TarMember(SourceFile.symlink(path, entry.getLinkName()), 0700, modified, null, 0));
        } else if (entry.isDirectory()) {
            put(at, new TarMember(SourceFile.directory(path), mode, modified, null, 0));
        } else if (isPlainFile(entry)) {
            long size = entry.getSize();
            if (size < 0 || size > tar.size() - offset) {
                throw BackupException.at(
                        at,
                        "expected the " + size + " bytes of \"" + path + "\", found " + (tar.size() - offset)
                                + " to the end");
            }
            put(at, new TarMember(SourceFile.file(path, size), mode, modified, tar, offset));
        } else {
            throw BackupException.at(
                    at,
                    "expected a file, a directory or a symbolic link, found something else called \""
                            + VisibleText.of(name) + "\"");
        }
    }

    private static boolean isPlainFile(TarArchiveEntry entry) {
        byte type = entry.getLinkFlag();
        return (type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM) && !entry.isSparse();
    }

    private void put(String at, TarMember member) throws BackupException {
        TarMember other = members.putIfAbsent(member.file().path(), member);
        boolean areDirectories = other != null
                && other.file().type() == SourceFile.Type.DIRECTORY
                && member.file().type() == SourceFile.Type.DIRECTORY;
        if (other != null && !areDirectories) {
            throw BackupException.at(
                    at, "expected each name once, found \"" + member.file().path() + "\" twice");
        }
    }

    /** Directories, and links to them, end with a slash; whoever packs a directory by hand begins with {@code ./}. */
    private static String plain(String name) {
        String plain = name.startsWith("./") ? name.substring(2) : name;
        return plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain.equals(".") ? "" : plain;
    }

    private void placeTablespaces(Path base) throws IOException {
        TarMember map = members.get(MAP);
        if (map == null || map.tar() == null) {
            return;
        }
        if (map.file().size() > LONGEST_MAP) {
            throw BackupException.at(base, "expected at most " + LONGEST_MAP + " bytes in \"" + MAP + "\"");
        }
        ByteBuffer content = ByteBuffer.allocate((int) map.file().size());
        while (content.hasRemaining()) {
            if (map.tar().read(content, map.offset() + content.position()) < 0) {
                throw new EOFException(base.toString());
            }
        }
        for (String line : lines(new String(content.array(), StandardCharsets.UTF_8))) {
            Matcher parts = MAP_LINE.matcher(line);
            if (!parts.matches()) {
                throw BackupException.at(
                        base,
                        "expected an OID and a directory in \"" + MAP + "\", found \"" + VisibleText.of(line) + "\"");
            }
            DataPath path = DataPath.ofUntrusted(DataPath.TABLESPACES + "/" + parts.group(1));
            members.put(path, new TarMember(SourceFile.symlink(path, parts.group(2)), 0700, map.modified(), null, 0));
        }
    }

    /** A backslash makes the end of a line, or another backslash, a part of the name. */
    private static List<String> lines(String content) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c == '\\' && i + 1 < content.length()) {
                i++;
                line.append(content.charAt(i));
            } else if (c == '\n' || c == '\r') {
                if (!line.isEmpty()) {
                    lines.add(line.toString());
                }
                line.setLength(0);
            } else {
                line.append(c);
            }
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }

    /** Whoever streams WAL into a tar file packs no directories. Nothing lies in what is not one. */
    private void addParents() throws BackupException {
        for (DataPath path : List.copyOf(members.keySet())) {
            for (Optional<DataPath> parent = path.parent();
                    parent.isPresent();
                    parent = parent.get().parent()) {
                TarMember above = members.computeIfAbsent(
                        parent.get(), missing -> TarMember.ofDirectory(SourceFile.directory(missing)));
                boolean isTablespace = above.file().type() == SourceFile.Type.SYMLINK
                        && above.file().path().isTablespace();
                if (above.file().type() != SourceFile.Type.DIRECTORY && !isTablespace) {
                    throw BackupException.at(
                            above.file().path(), "expected a directory, for \"" + path + "\" lies in it");
                }
            }
        }
    }

    /** A tar file as a stream that knows how far it was read, and passes over what nobody wants. */
    private static final class Position extends InputStream {
        private final PlainTar tar;
        private long position;

        Position(PlainTar tar) {
            this.tar = tar;
        }

        long at() {
            return position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int wanted) throws IOException {
            int read = tar.read(ByteBuffer.wrap(target, offset, wanted), position);
            position += Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long wanted) throws IOException {
            long skipped = Math.max(0, Math.min(wanted, tar.size() - position));
            position += skipped;
            return skipped;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(0, tar.size() - position));
        }
    }
}
