package org.pgrewind4j.core.random;

/**
 * Something that a primary does. Acts follow each other in any order, on any copy of the server.
 *
 * @param name for people, as a scenario lists it
 * @param since the number of the first release that can do it
 * @param part what does it
 */
record Act(String name, int since, Part part) {

    /** What does it. */
    interface Part {
        void on(Scene scene);
    }

    /** Statements, each in a transaction of its own unless they say otherwise. */
    static Act of(String name, String... statements) {
        return since(9, name, statements);
    }

    static Act since(int release, String name, String... statements) {
        return new Act(name, release, scene -> scene.execute(statements));
    }

    static Act doing(String name, Part part) {
        return new Act(name, 9, part);
    }

    /** Prints the name. */
    @Override
    public String toString() {
        return name;
    }
}
