package org.pgrewind4j.core.internal.rewind;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What keeps a file from being changed or removed though permissions would allow it. Permissions say too little: an
 * append-only file is writable to whoever asks, and cannot be overwritten, replaced or removed; nothing can be removed where
 * something is mounted. They also say too much: to remove a file takes the right to write its directory, and none on the file,
 * which may belong to somebody else.
 *
 * <p>A directory's own append-only attribute does not show here.
 */
final class Obstacles {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    private final Set<String> mountPoints;
    private final Map<Path, Path> realDirectories = new HashMap<>();

    private Obstacles(Set<String> mountPoints) {
        this.mountPoints = mountPoints;
    }

    /** As this process sees the machine now. Where the system does not list its mounts, there are none. */
    static Obstacles now() throws IOException {
        return of(Files.isReadable(MOUNTS) ? new String(Files.readAllBytes(MOUNTS), ISO_8859_1) : "");
    }

    /** Takes the system's list of mounts (Linux: proc(5), {@code /proc/pid/mountinfo}), whose bytes are its characters. */
    static Obstacles of(String mountInfo) {
        Set<String> mountPoints = new HashSet<>();
        mountInfo.lines().forEach(line -> {
            String[] fields = line.split(" ", MOUNT_POINT + 2);
            if (fields.length > MOUNT_POINT) {
                mountPoints.add(unescaped(fields[MOUNT_POINT]));
            }
        });
        return new Obstacles(mountPoints);
    }

    private static String unescaped(String field) {
        String bytes = ESCAPE.matcher(field)
                .replaceAll(escape ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(escape.group(1), 8))));
        return new String(bytes.getBytes(ISO_8859_1), UTF_8);
    }

    /** Whether something is mounted at a path. */
    boolean isMountPoint(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            return true;
        }
        Path real = realDirectories.get(parent);
        if (real == null) {
            real = parent.toRealPath();
            realDirectories.put(parent, real);
        }
        return mountPoints.contains(real.resolve(path.getFileName()).toString());
    }

    /** Whether a regular file is immutable or append-only: then it can be neither written nor removed. */
    static boolean isFixed(Path file) throws IOException {
        try {
            FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                    .close();
            return false;
        } catch (AccessDeniedException | NoSuchFileException e) {
            // A matter of permissions, or gone: that is for others to say.
            return false;
        } catch (FileSystemException e) {
            return true;
        }
    }
}
