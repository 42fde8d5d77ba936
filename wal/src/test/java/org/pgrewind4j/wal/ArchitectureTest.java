package org.pgrewind4j.wal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Holds the walls between the groups of this module's classes, which {@code core/ARCHITECTURE.md} draws. */
final class ArchitectureTest {

    private static final String PACKAGE = "org.pgrewind4j.wal.";

    /** From that on nobody finds what a group is about. */
    private static final long MOST_CLASSES = 30;

    private static final JavaClasses CLASSES = Rooms.beside(PostgresVersion.class);
    private static final Rooms ROOMS = rooms();

    private static Rooms rooms() {
        try {
            return Rooms.ofThisModule();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void groupsHaveNoCycles() {
        slices().assignedFrom(ROOMS).should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void groupsAreSmall() {
        assertThat(ROOMS.byClass().values().stream().collect(groupingBy(room -> room, counting())))
                .isNotEmpty()
                .allSatisfy((room, classes) -> assertThat(classes).as(room).isLessThanOrEqualTo(MOST_CLASSES));
    }

    @Test
    void classesOfGroupsAreThere() {
        assertThat(ROOMS.byClass().keySet())
                .allSatisfy(name ->
                        assertThat(CLASSES.contain(PACKAGE + name)).as(name).isTrue());
    }

    @Test
    void namesNeedNothingElse() {
        noClasses()
                .that(ROOMS.in("names"))
                .should()
                .dependOnClassesThat(ROOMS.in("control", "framing", "record", "scan"))
                .check(CLASSES);
    }

    @Test
    void controlFilesAndFramingKnowNoRecords() {
        noClasses()
                .that(ROOMS.in("control"))
                .should()
                .dependOnClassesThat(ROOMS.in("framing", "record", "scan"))
                .check(CLASSES);
        noClasses()
                .that(ROOMS.in("framing"))
                .should()
                .dependOnClassesThat(ROOMS.in("record", "scan"))
                .check(CLASSES);
    }

    @Test
    void framingAllocatesNothingForARecord() {
        noClasses()
                .that(ROOMS.in("framing"))
                // Asks for segments, which are files.
                .and()
                .doNotHaveSimpleName("SegmentWindow")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Optional.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.stream..")
                .check(CLASSES);
    }
}
