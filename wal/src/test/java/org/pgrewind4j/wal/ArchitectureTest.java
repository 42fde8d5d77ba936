package org.pgrewind4j.wal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.architecture.Rooms;
import org.pgrewind4j.architecture.RoomsContract;

/** Holds the walls between the groups of this module's classes, which {@code core/ARCHITECTURE.md} draws. */
final class ArchitectureTest extends RoomsContract {

    private static final Rooms ROOMS = Rooms.beside(PostgresVersion.class);
    private static final JavaClasses CLASSES = ROOMS.classes();

    ArchitectureTest() {
        super(ROOMS, 30);
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
