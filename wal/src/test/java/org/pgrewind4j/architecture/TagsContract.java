package org.pgrewind4j.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgrewind4j.testserver.PostgresServer;

/** Tests that start servers say so by the tag {@code server}, for the build that leaves them out. */
public interface TagsContract {

    @Test
    default void testsThatStartServersAreTagged() {
        var tests = new ClassFileImporter()
                .importUrls(List.of(
                        getClass().getProtectionDomain().getCodeSource().getLocation(),
                        PostgresServer.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()));
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Test")
                .and()
                .doNotImplement(TagsContract.class)
                .and(describe("have no tag \"server\"", type -> !isOfServers(type)))
                .should()
                .transitivelyDependOnClassesThat()
                .areAssignableTo(PostgresServer.class)
                .check(tests);
    }

    private static boolean isOfServers(JavaClass type) {
        return type.tryGetAnnotationOfType(Tag.class)
                .filter(tag -> tag.value().equals("server"))
                .isPresent();
    }
}
