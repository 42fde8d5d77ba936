package org.pgrewind4j.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What holds for the groups of any module; the module's own test adds the walls between them. */
public abstract class RoomsContract {

    private final Rooms rooms;
    private final long mostClasses;

    /**
     * For subclasses.
     *
     * @param mostClasses in one group: from that on nobody finds what it is about
     */
    protected RoomsContract(Rooms rooms, long mostClasses) {
        this.rooms = rooms;
        this.mostClasses = mostClasses;
    }

    @Test
    protected void groupsHaveNoCycles() {
        slices().assignedFrom(rooms).should().beFreeOfCycles().check(rooms.classes());
    }

    @Test
    protected void groupsAreSmall() {
        assertThat(rooms.byClass().values().stream().collect(groupingBy(room -> room, counting())))
                .isNotEmpty()
                .allSatisfy((room, classes) -> assertThat(classes).as(room).isLessThanOrEqualTo(mostClasses));
    }

    @Test
    protected void classesOfGroupsAreThere() {
        assertThat(rooms.byClass().keySet())
                .allSatisfy(name -> assertThat(rooms.hasClass(name)).as(name).isTrue());
    }
}
