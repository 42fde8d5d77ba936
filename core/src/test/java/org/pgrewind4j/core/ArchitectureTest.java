package org.pgrewind4j.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.architecture.PackagesContract;
import org.pgrewind4j.architecture.TagsContract;
import org.pgrewind4j.transport.Transport;

/** Holds the walls between the packages of this module, which {@code ARCHITECTURE.md} draws. */
final class ArchitectureTest extends PackagesContract implements TagsContract {

    private static final String CORE = "org.pgrewind4j.core";
    private static final String INTERNAL = CORE + ".internal";
    private static final String[] WINGS = {INTERNAL + ".rewind..", INTERNAL + ".restore.."};

    /** What WAL proves of a restore is proven as for a rewind. */
    private static final String PROVING_RESTORES = INTERNAL + ".restore.evidence";

    private static final String[] ENGINE = {
        INTERNAL + ".execute..",
        INTERNAL + ".stage..",
        INTERNAL + ".apply..",
        INTERNAL + ".cluster..",
        INTERNAL + ".area..",
        INTERNAL + ".files..",
        INTERNAL + ".config..",
        INTERNAL + ".events..",
        INTERNAL + ".json.."
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

    /** Classes of exported packages that may use what is inside. */
    private static final Set<String> DOORS = Set.of(
            CORE + ".Rewind",
            CORE + ".RewindBundle",
            CORE + ".restore.DeltaRestore",
            CORE + ".archive.RestoreCommand",
            CORE + ".archive.RestoredWal");

    private static final JavaClasses CLASSES = classesBeside(Rewind.class);

    ArchitectureTest() {
        // More than elsewhere: the words of plans and reports are used together, and imported by users.
        super(CLASSES, 35);
    }

    private static boolean isDoor(JavaClass type) {
        return DOORS.contains(outermost(type).getName());
    }

    /**
     * A door shares its package with words; and plans and reports are words that can be written as JSON, or tell what is
     * lost.
     */
    @Override
    protected String partOf(JavaClass type) {
        if (isDoor(type) && !type.getPackageName().equals(CORE + ".archive")) {
            return outermost(type).getName();
        }
        return Set.of(INTERNAL + ".json", CORE + ".report").contains(type.getPackageName())
                ? CORE
                : type.getPackageName();
    }

    @Test
    void onlyDoorsReachWhatIsInside() {
        noClasses()
                .that(describe("are no doors", type -> !isDoor(type)))
                .and()
                .resideOutsideOfPackage(INTERNAL + "..")
                .should()
                .dependOnClassesThat(describe(
                        "are inside",
                        type -> type.getPackageName().startsWith(INTERNAL)
                                && !type.getPackageName().equals(INTERNAL + ".json")))
                .check(CLASSES);
    }

    @Test
    void nothingInsideUsesADoorOfPlans() {
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + "..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(".*\\.core\\.(Rewind|restore\\.DeltaRestore)")
                .check(CLASSES);
    }

    @Test
    void wingsAreReachedByTheirDoorsAlone() {
        for (String wing : WINGS) {
            classes()
                    .that()
                    .resideInAPackage(wing)
                    .should()
                    .onlyHaveDependentClassesThat(describe(
                            "are in it, or a door",
                            type -> type.getPackageName().startsWith(wing.replace("..", ""))
                                    || isDoor(type)
                                    || type.getPackageName().equals(PROVING_RESTORES)))
                    .check(CLASSES);
        }
    }

    @Test
    void restoresProveWithTheEvidenceOfRewindsAlone() {
        noClasses()
                .that()
                .resideInAPackage(PROVING_RESTORES)
                .should()
                .dependOnClassesThat(describe(
                        "are of a rewind, and no evidence",
                        type -> type.getPackageName().startsWith(INTERNAL + ".rewind")
                                && !type.getPackageName().equals(INTERNAL + ".rewind.evidence")
                                && !type.getPackageName().equals(INTERNAL + ".rewind.settings")))
                .check(CLASSES);
    }

    @Test
    void engineKnowsNoKindOfPlan() {
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(WINGS)
                .check(CLASSES);
    }

    @Test
    void applyingNeedsNeitherSourceNorStage() {
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + ".apply..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(INTERNAL + ".stage..", INTERNAL + ".execute..", "org.pgrewind4j.transport.live..")
                .check(CLASSES);
    }

    @Test
    void stateOnTheDiskKnowsNoSource() {
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + ".area..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(INTERNAL + ".cluster..", INTERNAL + ".stage..", INTERNAL + ".apply..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Transport.class)
                .check(CLASSES);
    }

    @Test
    void decidingWritesNothing() {
        noClasses()
                .that()
                .resideInAnyPackage(WINGS)
                .should()
                .dependOnClassesThat()
                .haveSimpleName("FileOperations")
                .check(CLASSES);
    }

    @Test
    void filesKnowNothingOfPostgres() {
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + ".files..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.pgrewind4j.wal..")
                .check(CLASSES);
    }

    @Test
    void onlyFilesWrites() {
        noClasses()
                .that()
                .resideOutsideOfPackage(INTERNAL + ".files..")
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
    void configurationEventsAndTextAreGround() {
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + ".config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        INTERNAL + ".area..", INTERNAL + ".stage..", INTERNAL + ".apply..", INTERNAL + ".execute..")
                .check(CLASSES);
        for (String ground : Set.of(INTERNAL + ".events", INTERNAL + ".json")) {
            noClasses()
                    .that()
                    .resideInAPackage(ground)
                    .should()
                    .dependOnClassesThat(describe(
                            "are in another package inside",
                            type -> type.getPackageName().startsWith(INTERNAL)
                                    && !type.getPackageName().equals(ground)))
                    .check(CLASSES);
        }
    }
}
