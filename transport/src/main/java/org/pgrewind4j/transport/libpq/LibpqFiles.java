package org.pgrewind4j.transport.libpq;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The two files that libpq looks into: the password file, {@code host:port:database:user:password} in each line, and the
 * connection service file, a section {@code [name]} for each service with {@code keyword=value} lines (PostgreSQL 18:
 * manual, "The Password File" and "The Connection Service File").
 */
public final class LibpqFiles {

    private static final System.Logger LOGGER = System.getLogger(LibpqFiles.class.getName());

    private LibpqFiles() {}

    /** Looks up a password; empty if there is no such file or no line for the server. As libpq, an open file is ignored. */
    public static Optional<String> password(Path file, String host, String port, String database, String user) {
        try {
            if (!isPrivate(file)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "password file \"{0}\" is ignored: it has group or world access; permissions should be u=rw"
                                + " (0600) or less",
                        file);
                return Optional.empty();
            }
            List<String> wanted = List.of(host, port, database, user);
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                List<String> fields = fields(line);
                if (!line.startsWith("#") && fields.size() == 5 && matches(fields, wanted)) {
                    return Optional.of(fields.get(4));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isPrivate(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return true;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        return permissions.stream().allMatch(permission -> permission.name().startsWith("OWNER"));
    }

    private static boolean matches(List<String> fields, List<String> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!fields.get(i).equals("*") && !fields.get(i).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Splits at colons; a backslash takes the next character as it is. The password may hold colons. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                field.append(line.charAt(++i));
            } else if (c == ':' && fields.size() < 4) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    /**
     * Reads a service.
     *
     * @throws IllegalArgumentException if the file or the service is not there, or a line is malformed
     */
    public static Map<LibpqOption, String> service(Path file, String name) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("service file \"" + file + "\" not found", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("service file \"" + file + "\" cannot be read: " + e.getMessage(), e);
        }
        Map<LibpqOption, String> values = new LinkedHashMap<>();
        boolean found = false;
        boolean inside = false;
        for (String raw : lines) {
            String line = raw.strip();
            if (line.startsWith("[")) {
                inside = !found && line.equals("[" + name + "]");
                found |= inside;
            } else if (inside && !line.isEmpty() && !line.startsWith("#")) {
                put(values, line, file);
            }
        }
        if (!found) {
            throw new IllegalArgumentException("definition of service \"" + name + "\" not found in \"" + file + "\"");
        }
        return values;
    }

    private static void put(Map<LibpqOption, String> values, String line, Path file) {
        int equals = line.indexOf('=');
        if (equals < 1 || line.startsWith("ldap")) {
            throw new IllegalArgumentException("service file \"" + file + "\": a line that is not keyword=value");
        }
        String keyword = line.substring(0, equals).strip();
        if (keyword.equals(LibpqOption.SERVICE.keyword()) || keyword.equals(LibpqOption.SERVICEFILE.keyword())) {
            throw new IllegalArgumentException("service file \"" + file + "\": nested services are not supported");
        }
        LibpqString.put(values, keyword, line.substring(equals + 1).strip());
    }
}
