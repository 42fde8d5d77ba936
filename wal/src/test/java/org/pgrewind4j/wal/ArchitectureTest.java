package org.pgrewind4j.wal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.architecture.PackagesContract;
import org.pgrewind4j.architecture.TagsContract;

/** Holds the walls between the packages of this module, which {@code core/ARCHITECTURE.md} draws. */
final class ArchitectureTest extends PackagesContract implements TagsContract {

    private static final String WAL = "org.pgrewind4j.wal";
    private static final JavaClasses CLASSES = classesBeside(PostgresVersion.class);

    ArchitectureTest() {
        super(CLASSES, 30);
    }

    @Test
    void namesNeedNothingElse() {
        noClasses()
                .that()
                .resideInAPackage(WAL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(WAL + ".*..")
                .check(CLASSES);
    }

    @Test
    void controlFilesAndFramingKnowNoRecords() {
        noClasses()
                .that()
                .resideInAPackage(WAL + ".control..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(WAL + ".framing..", WAL + ".record..", WAL + ".scan..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(WAL + ".framing..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(WAL + ".record..", WAL + ".scan..")
                .check(CLASSES);
    }

    @Test
    void framingAllocatesNothingForARecord() {
        noClasses()
                .that()
                .resideInAPackage(WAL + ".framing..")
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
