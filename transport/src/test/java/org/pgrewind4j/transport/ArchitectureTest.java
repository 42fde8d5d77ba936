package org.pgrewind4j.transport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.architecture.PackagesContract;
import org.pgrewind4j.architecture.TagsContract;

/** Holds the walls between the packages of this module, which {@code core/ARCHITECTURE.md} draws. */
final class ArchitectureTest extends PackagesContract implements TagsContract {

    private static final String TRANSPORT = "org.pgrewind4j.transport";
    private static final String[] SERVERS = {
        TRANSPORT + ".live..", TRANSPORT + ".connect..", TRANSPORT + ".driver..", TRANSPORT + ".libpq.."
    };
    private static final JavaClasses CLASSES = classesBeside(Transport.class);

    ArchitectureTest() {
        super(CLASSES, 30);
    }

    @Test
    void contractKnowsNoImplementation() {
        noClasses()
                .that()
                .resideInAPackage(TRANSPORT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(TRANSPORT + ".*..")
                .check(CLASSES);
    }

    @Test
    void directoriesAndRepositoriesKnowNoServers() {
        noClasses()
                .that()
                .resideOutsideOfPackages(SERVERS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVERS)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void connectionStringsOpenNothing() {
        noClasses()
                .that()
                .resideInAPackage(TRANSPORT + ".libpq..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.net..", "java.nio.channels..")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(TRANSPORT + ".live..", TRANSPORT + ".connect..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Socket.class, InetAddress.class)
                .check(CLASSES);
    }

    @Test
    void connectingKnowsNothingOfWhatIsAsked() {
        noClasses()
                .that()
                .resideInAPackage(TRANSPORT + ".connect..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TRANSPORT + ".live..", TRANSPORT + ".local..", "org.pgrewind4j.wal..")
                .check(CLASSES);
    }

    @Test
    void codecsKnowNothingOfPostgres() {
        noClasses()
                .that()
                .resideInAPackage(TRANSPORT + ".codec..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.pgrewind4j.wal..", TRANSPORT, TRANSPORT + ".pgbackrest..", TRANSPORT + ".backup..")
                .check(CLASSES);
    }
}
