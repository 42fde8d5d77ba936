package org.pgrewind4j.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;

/** What holds for the packages of any module; the module's own test adds the walls between them. */
public abstract class PackagesContract {

    private final JavaClasses classes;
    private final long mostClasses;

    /**
     * For subclasses.
     *
     * @param classes of a module, as {@link #classesBeside} reads them
     * @param mostClasses in one package: from that on nobody finds what it is about
     */
    protected PackagesContract(JavaClasses classes, long mostClasses) {
        this.classes = classes;
        this.mostClasses = mostClasses;
    }

    /** Reads the module that a class is in, without its tests. */
    protected static JavaClasses classesBeside(Class<?> one) {
        return new ClassFileImporter()
                .importUrl(one.getProtectionDomain().getCodeSource().getLocation());
    }

    /** The class of a file, for a class that is nested in it. */
    protected static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(PackagesContract::outermost).orElse(type);
    }

    /** What a class belongs to when cycles are looked for: its package. */
    protected String partOf(JavaClass type) {
        return type.getPackageName();
    }

    @Test
    protected void packagesHaveNoCycles() {
        SliceAssignment packages = new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith("org.pgrewind4j.")
                        ? SliceIdentifier.of(partOf(type))
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
        slices().assignedFrom(packages).should().beFreeOfCycles().check(classes);
    }

    @Test
    protected void packagesAreSmall() {
        assertThat(classes.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .collect(groupingBy(JavaClass::getPackageName, counting())))
                .isNotEmpty()
                .allSatisfy((name, found) -> assertThat(found).as(name).isLessThanOrEqualTo(mostClasses));
    }

    @Test
    protected void packagesSayWhatTheyAreAbout() {
        assertThat(classes.stream().map(JavaClass::getPackageName).distinct())
                .allSatisfy(name -> assertThat(classes.contain(name + ".package-info"))
                        .as(name)
                        .isTrue());
    }
}
