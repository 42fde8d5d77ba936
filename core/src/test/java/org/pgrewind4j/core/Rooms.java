package org.pgrewind4j.core;

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
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The groups of this package's classes, as {@code rooms.txt} lists them. A class that it does not list is in none. */
final class Rooms implements SliceAssignment {

    private final Map<String, String> rooms = new LinkedHashMap<>();

    static Rooms ofThisModule() throws IOException {
        Rooms all = new Rooms();
        try (InputStream text = Objects.requireNonNull(Rooms.class.getResourceAsStream("rooms.txt"))) {
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

    /** The classes where one of them comes from, without those of tests. */
    static JavaClasses beside(Class<?> one) {
        return new ClassFileImporter()
                .importUrl(one.getProtectionDomain().getCodeSource().getLocation());
    }

    Map<String, String> byClass() {
        return rooms;
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(Rooms::outermost).orElse(type);
    }

    String of(JavaClass type) {
        String ours = Rooms.class.getPackageName() + ".";
        if (!type.getName().startsWith(ours)) {
            return "";
        }
        String nested = rooms.get(type.getName().substring(ours.length()));
        return nested != null ? nested : rooms.getOrDefault(outermost(type).getSimpleName(), "");
    }

    DescribedPredicate<JavaClass> in(String... wanted) {
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
