package org.pgrewind4j.transport;

import java.util.List;

/**
 * One entry of a source's data directory, as it was when it was listed.
 *
 * <p>A symbolic link below {@code pg_tblspc} is a tablespace: its target is absolute and free of {@code .} and
 * {@code ..}, or the record cannot be made. Other links may lead anywhere; whoever recreates one decides whether to
 * trust it.
 *
 * @param path where it is
 * @param type what it is
 * @param size the length in bytes if it is a file, else 0. A source may be wrong about it, on purpose or because the
 *     file changed since: never allocate by it, and never expect {@link Transport#fetch} to deliver that much
 * @param linkTarget what a symbolic link says, empty for anything else
 */
public record SourceFile(DataPath path, Type type, long size, String linkTarget) {

    /** PostgreSQL's {@code MAXPGPATH} without its terminator. */
    private static final int LONGEST_TARGET = 1023;

    /** What an entry of a directory can be. Sockets, devices and the like are not listed. */
    public enum Type {
        /** A regular file. */
        FILE,
        /** A directory. */
        DIRECTORY,
        /** A symbolic link, whatever it leads to. */
        SYMLINK
    }

    /**
     * Checks what came from the source.
     *
     * @param path where it is
     * @param type what it is
     * @param size the length in bytes if it is a file, else 0
     * @param linkTarget what a symbolic link says, empty for anything else
     * @throws IllegalArgumentException for a negative size, a size on anything but a file, or a target on anything but
     *     a link
     * @throws UnsafePathException if the link's target is empty, longer than 1023 characters, or holds a control
     *     character; for a tablespace also if it is not absolute or holds an empty name, {@code .} or {@code ..}
     */
    public SourceFile {
        if (size < 0 || (type != Type.FILE && size != 0)) {
            throw new IllegalArgumentException("size of " + type + " \"" + path + "\": " + size);
        }
        if (type == Type.SYMLINK) {
            checkTarget(path, linkTarget);
        } else if (!linkTarget.isEmpty()) {
            throw new IllegalArgumentException("link target of " + type + " \"" + path + "\"");
        }
    }

    private static void checkTarget(DataPath path, String target) {
        String what = "target of the symbolic link \"" + path + "\" ";
        if (target.isEmpty() || target.length() > LONGEST_TARGET) {
            throw new UnsafePathException(target, what + "is empty or longer than " + LONGEST_TARGET + " characters");
        }
        if (target.chars().anyMatch(Character::isISOControl)) {
            throw new UnsafePathException(target, what + "holds a control character");
        }
        if (path.isTablespace() && !isPlainAbsolute(target)) {
            throw new UnsafePathException(target, what + "is not absolute, or holds an empty name, \".\" or \"..\"");
        }
    }

    private static boolean isPlainAbsolute(String target) {
        return target.length() > 1
                && target.startsWith("/")
                && List.of(target.substring(1).split("/", -1)).stream()
                        .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    }

    /**
     * Makes the entry of a regular file.
     *
     * @param path where it is
     * @param size its length in bytes
     * @return the entry
     * @throws IllegalArgumentException for a negative size
     */
    public static SourceFile file(DataPath path, long size) {
        return new SourceFile(path, Type.FILE, size, "");
    }

    /**
     * Makes the entry of a directory.
     *
     * @param path where it is
     * @return the entry
     */
    public static SourceFile directory(DataPath path) {
        return new SourceFile(path, Type.DIRECTORY, 0, "");
    }

    /**
     * Makes the entry of a symbolic link.
     *
     * @param path where it is
     * @param target what it says
     * @return the entry
     * @throws UnsafePathException if the target is not one that the record takes
     */
    public static SourceFile symlink(DataPath path, String target) {
        return new SourceFile(path, Type.SYMLINK, 0, target);
    }
}
