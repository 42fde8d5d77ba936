package org.pgrewind4j.transport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.architecture.Rooms;
import org.pgrewind4j.architecture.RoomsContract;

/** Holds the walls between the groups of this module's classes, which {@code core/ARCHITECTURE.md} draws. */
final class ArchitectureTest extends RoomsContract {

    private static final String PACKAGE = "org.pgrewind4j.transport.";

    private static final Rooms ROOMS = Rooms.beside(Transport.class);
    private static final JavaClasses CLASSES = ROOMS.classes();

    ArchitectureTest() {
        super(ROOMS, 30);
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
