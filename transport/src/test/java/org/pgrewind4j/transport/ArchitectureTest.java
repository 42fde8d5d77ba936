package org.pgrewind4j.transport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** Holds the walls between the groups of this module's classes, which {@code core/ARCHITECTURE.md} draws. */
final class ArchitectureTest {

    private static final String PACKAGE = "org.pgrewind4j.transport.";

    /** From that on nobody finds what a group is about. */
    private static final long MOST_CLASSES = 30;

    private static final JavaClasses CLASSES = Rooms.beside(Transport.class);
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
    void contractKnowsNoImplementation() {
        noClasses()
                .that(ROOMS.in("contract"))
                .should()
                .dependOnClassesThat(ROOMS.in("local", "live", "connect", "libpq"))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage(PACKAGE + "*..")
                .check(CLASSES);
    }

    @Test
    void directoriesKnowNoServers() {
        noClasses()
                .that(ROOMS.in("local"))
                .should()
                .dependOnClassesThat(ROOMS.in("live", "connect", "libpq"))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void connectionStringsOpenNothing() {
        noClasses()
                .that(ROOMS.in("libpq"))
                .should()
                .dependOnClassesThat(ROOMS.in("live", "connect"))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.net..", "java.nio.channels..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Socket.class, InetAddress.class)
                .check(CLASSES);
    }

    @Test
    void connectingKnowsNothingOfWhatIsAsked() {
        noClasses()
                .that(ROOMS.in("connect"))
                .should()
                .dependOnClassesThat(ROOMS.in("live", "local"))
                .check(CLASSES);
    }

    @Test
    void repositoriesKnowNoServers() {
        noClasses()
                .that()
                .resideInAnyPackage(PACKAGE + "pgbackrest..", PACKAGE + "backup..", PACKAGE + "codec..")
                .should()
                .dependOnClassesThat(ROOMS.in("live", "connect"))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.sql..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(PACKAGE + "codec..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.pgrewind4j.wal..", PACKAGE + "pgbackrest..", PACKAGE + "backup..")
                .check(CLASSES);
    }
}
