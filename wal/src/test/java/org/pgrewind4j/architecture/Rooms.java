package org.pgrewind4j.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.google.common.base.Splitter;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The groups of one package's classes, as {@code rooms.txt} among its test resources lists them. A class that it does not
 * list is in none.
 */
public final class Rooms implements SliceAssignment {

    private final String prefix;
    private final JavaClasses classes;
    private final Map<String, String> rooms = new LinkedHashMap<>();

    private Rooms(Class<?> one) {
        this.prefix = one.getPackageName() + ".";
        this.classes = new ClassFileImporter()
                .importUrl(one.getProtectionDomain().getCodeSource().getLocation());
    }

    /** Reads the groups of the package that a class is in, and its module's classes without those of tests. */
    public static Rooms beside(Class<?> one) {
        try {
            return read(one);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Rooms read(Class<?> one) throws IOException {
        Rooms all = new Rooms(one);
        try (InputStream text = Objects.requireNonNull(one.getResourceAsStream("rooms.txt"))) {
            String room = "";
            for (String line : new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("[")) {
                    room = line.substring(1, line.length() - 1);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    for (String name : Splitter.on(' ').split(line)) {
                        all.rooms.put(name, room);
                    }
                }
            }
        }
        return all;
    }

    /** All of the module, in groups or not. */
    public JavaClasses classes() {
        return classes;
    }

    /** Whether the module has a class of the package by this name. */
    boolean hasClass(String name) {
        return classes.contain(prefix + name);
    }

    Map<String, String> byClass() {
        return rooms;
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(Rooms::outermost).orElse(type);
    }

    /** The group of a class; empty if it is in none. */
    public String of(JavaClass type) {
        if (!type.getName().startsWith(prefix)) {
            return "";
        }
        String nested = rooms.get(type.getName().substring(prefix.length()));
        return nested != null ? nested : rooms.getOrDefault(outermost(type).getSimpleName(), "");
    }

    /** Whether a class is in one of these groups. */
    public DescribedPredicate<JavaClass> in(String... wanted) {
        return describe(
                "belong to " + String.join(", ", wanted),
                type -> List.of(wanted).contains(of(type)));
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
        String room = of(type);
        return room.isEmpty() ? SliceIdentifier.ignore() : SliceIdentifier.of(room);
    }

    @Override
    public String getDescription() {
        return "groups of rooms.txt";
    }
}
