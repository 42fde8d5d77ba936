package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a {@link ForgetfulDisk} knows of a file, link or directory, whatever names it has. */
abstract sealed class DiskNode {

    static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** A symbolic link. */
    static final class Link extends DiskNode {
        final Path target;

        Link(Path target) {
            this.target = target;
        }
    }

    /** Something written to a file and not synced. */
    static final class Write {

        /** Where, or the file's new size. */
        final long position;

        /** What, null for a change of size. */
        final byte @Nullable [] bytes;

        Write(long position, byte @Nullable [] bytes) {
            this.position = position;
            this.bytes = bytes;
        }
    }

    /** A file: its content on the disk, read when it is first changed, and what was written since. */
    static final class File extends DiskNode {
        byte @Nullable [] durable;
        final List<Write> writes = new ArrayList<>();

        static File empty() {
            File file = new File();
            file.durable = new byte[0];
            return file;
        }

        File loaded(Path path) throws IOException {
            if (durable == null) {
                durable = Files.readAllBytes(path);
            }
            return this;
        }

        /** Keeps some of what was written, any sectors of it. */
        void settle(Random random, double remembered, int sector) {
            for (Write write : writes) {
                if (write.bytes == null) {
                    if (random.nextDouble() < remembered) {
                        durable = Arrays.copyOf(durable, (int) write.position);
                    }
                    continue;
                }
                for (int at = 0; at < write.bytes.length; at += sector) {
                    if (random.nextDouble() < remembered) {
                        put(write, at, Math.min(write.bytes.length, at + sector));
                    }
                }
            }
            writes.clear();
        }

        private void put(Write write, int from, int to) {
            int end = (int) write.position + to;
            if (end > durable.length) {
                durable = Arrays.copyOf(durable, end);
            }
            System.arraycopy(write.bytes, from, durable, (int) write.position + from, to - from);
        }
    }

    /** A change of one name. */
    static final class Change {
        final Directory directory;
        final String name;

        /** What has the name now, null if it was removed. */
        final @Nullable DiskNode node;

        /** Where the file got another name with the same call, null if it did not. */
        final @Nullable Change renamed;

        Change(Directory directory, String name, @Nullable DiskNode node, @Nullable Change renamed) {
            this.directory = directory;
            this.name = name;
            this.node = node;
            this.renamed = renamed;
        }
    }

    /** A directory: its names on the disk, those that the running system sees, and the changes between the two. */
    static final class Directory extends DiskNode {
        final Map<String, DiskNode> durable = new TreeMap<>();
        final Map<String, DiskNode> cached = new TreeMap<>();
        final List<Change> changes = new ArrayList<>();
        private final Set<Change> kept = new HashSet<>();

        Change change(String name, @Nullable DiskNode node) {
            return change(name, node, null);
        }

        Change change(String name, @Nullable DiskNode node, @Nullable Change renamed) {
            Change change = new Change(this, name, node, renamed);
            changes.add(change);
            put(cached, change);
            return change;
        }

        private static void put(Map<String, DiskNode> names, Change change) {
            if (change.node == null) {
                names.remove(change.name);
            } else {
                names.put(change.name, change.node);
            }
        }

        /** Makes all names durable; of a file that got its name elsewhere, that one too. */
        void sync() {
            List<Change> synced = List.copyOf(changes);
            changes.clear();
            for (Change change : synced) {
                put(durable, change);
                if (change.renamed != null) {
                    change.renamed.directory.syncUpTo(change.renamed);
                }
            }
        }

        private void syncUpTo(Change last) {
            int end = changes.indexOf(last);
            for (int i = 0; i <= end; i++) {
                if (changes.get(i).name.equals(last.name)) {
                    put(durable, changes.get(i));
                }
            }
            if (end >= 0) {
                List<Change> done = List.copyOf(changes.subList(0, end + 1));
                changes.removeIf(change -> change.name.equals(last.name) && done.contains(change));
            }
        }

        /** Chooses which changes a crash keeps: of each name the first few. */
        void keepSome(Random random, double remembered) {
            kept.clear();
            Set<String> over = new HashSet<>();
            for (Change change : changes) {
                if (!over.contains(change.name) && random.nextDouble() < remembered) {
                    kept.add(change);
                } else {
                    over.add(change.name);
                }
            }
        }

        /** Keeps the new names of files whose old names are gone; true if there was such a name. */
        boolean completeRenames() {
            boolean more = false;
            for (Change change : List.copyOf(kept)) {
                Change renamed = change.renamed;
                if (renamed != null
                        && renamed.directory.changes.contains(renamed)
                        && !renamed.directory.kept.contains(renamed)) {
                    renamed.directory.keepUpTo(renamed);
                    more = true;
                }
            }
            return more;
        }

        private void keepUpTo(Change last) {
            for (Change change : changes) {
                if (change.name.equals(last.name)) {
                    kept.add(change);
                }
                if (change == last) {
                    return;
                }
            }
        }

        void settle() {
            changes.stream().filter(kept::contains).forEach(change -> put(durable, change));
            changes.clear();
            kept.clear();
        }
    }
}
