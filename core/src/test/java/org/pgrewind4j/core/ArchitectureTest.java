package org.pgrewind4j.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.architecture.Rooms;
import org.pgrewind4j.architecture.RoomsContract;
import org.pgrewind4j.transport.Transport;

/** Holds the walls between the groups of this module's classes, which {@code ARCHITECTURE.md} draws. */
final class ArchitectureTest extends RoomsContract {

    private static final String[] INSIDE = {
        "rewind",
        "evidence",
        "rehearsal",
        "settings",
        "restore",
        "execute",
        "stage",
        "apply",
        "cluster",
        "area",
        "files",
        "config",
        "events"
    };
    private static final String[] WINGS = {"rewind", "evidence", "rehearsal", "settings", "restore"};
    private static final String[] ENGINE = {
        "execute", "stage", "apply", "cluster", "area", "files", "config", "events", "json"
    };

    private static final Set<String> WRITING_FILES = Set.of(
            "write",
            "writeString",
            "copy",
            "move",
            "delete",
            "deleteIfExists",
            "createDirectory",
            "createDirectories",
            "createFile",
            "createLink",
            "createSymbolicLink",
            "createTempDirectory",
            "createTempFile",
            "newOutputStream",
            "newBufferedWriter",
            "setPosixFilePermissions",
            "setOwner",
            "setAttribute",
            "setLastModifiedTime");
    private static final Set<String> WRITING_CHANNEL = Set.of("write", "truncate", "force", "transferFrom");

    /** Writes, but not to a target: a program's output, in the folder for temporary files; and a target that is none yet. */
    private static final Set<String> WRITE_ELSEWHERE = Set.of("PostgresProgram", "PlannedRestore");

    private static final Rooms ROOMS = Rooms.beside(Rewind.class);
    private static final JavaClasses CLASSES = ROOMS.classes();

    ArchitectureTest() {
        super(ROOMS, 35);
    }

    @Test
    void vocabularyNeedsNothingInside() {
        noClasses()
                .that(ROOMS.in("vocabulary"))
                .should()
                .dependOnClassesThat(ROOMS.in(INSIDE))
                .check(CLASSES);
    }

    @Test
    void nothingGoesThroughADoorButUsers() {
        noClasses()
                .that(ROOMS.in(INSIDE))
                .should()
                .dependOnClassesThat(ROOMS.in("door Rewind"))
                .check(CLASSES);
    }

    @Test
    void aRewindIsReachedByItsDoorAlone() {
        classes()
                .that(ROOMS.in("rewind", "evidence", "rehearsal", "settings"))
                .should()
                .onlyHaveDependentClassesThat(describe(
                        "are the rewind's, or in no group",
                        type -> ROOMS.of(type).isEmpty()
                                || ROOMS.in("rewind", "evidence", "rehearsal", "settings", "door Rewind")
                                        .test(type)))
                .check(CLASSES);
    }

    @Test
    void engineKnowsNoKindOfPlan() {
        noClasses()
                .that(ROOMS.in(ENGINE))
                .should()
                .dependOnClassesThat(ROOMS.in(WINGS))
                .check(CLASSES);
    }

    @Test
    void applyingNeedsNeitherSourceNorStage() {
        noClasses()
                .that(ROOMS.in("apply"))
                .should()
                .dependOnClassesThat(ROOMS.in("stage", "execute"))
                .check(CLASSES);
    }

    @Test
    void stateOnTheDiskKnowsNoSource() {
        noClasses()
                .that(ROOMS.in("area"))
                .should()
                .dependOnClassesThat(ROOMS.in("cluster", "stage", "apply"))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Transport.class)
                .check(CLASSES);
    }

    @Test
    void decidingWritesNothing() {
        noClasses()
                .that(ROOMS.in(WINGS))
                .should()
                .dependOnClassesThat()
                .haveSimpleName("FileOperations")
                .check(CLASSES);
    }

    @Test
    void filesKnowNothingOfPostgres() {
        noClasses()
                .that(ROOMS.in("files"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.pgrewind4j.wal..")
                .check(CLASSES);
    }

    @Test
    void onlyFilesWrites() {
        noClasses()
                .that(describe(
                        "do not belong to files", type -> !ROOMS.in("files").test(type)))
                .and(describe("write to a target", type -> !WRITE_ELSEWHERE.contains(type.getSimpleName())))
                .should()
                .accessTargetWhere(describe("write to files", access -> isWriting(access.getTarget())))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(FileOutputStream.class, RandomAccessFile.class)
                .check(CLASSES);
    }

    private static boolean isWriting(AccessTarget target) {
        return (target.getOwner().isEquivalentTo(Files.class) && WRITING_FILES.contains(target.getName()))
                || (target.getOwner().isEquivalentTo(FileChannel.class) && WRITING_CHANNEL.contains(target.getName()));
    }

    @Test
    void configurationAndEventsAreGround() {
        noClasses()
                .that(ROOMS.in("config"))
                .should()
                .dependOnClassesThat(ROOMS.in("area", "stage", "apply", "execute"))
                .check(CLASSES);
        noClasses()
                .that(ROOMS.in("events"))
                .should()
                .dependOnClassesThat(
                        ROOMS.in("execute", "stage", "apply", "cluster", "area", "files", "config", "json"))
                .check(CLASSES);
    }

    @Test
    void publicTypesAreNamed() {
        assertThat(CLASSES.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> !ROOMS.of(type).isEmpty()))
                .allSatisfy(type ->
                        assertThat(ROOMS.of(type)).as(type.getName()).matches("vocabulary|library|archive|door .*"));
    }
}
