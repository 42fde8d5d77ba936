package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where tablespaces that the target does not have yet are to lie. Tablespaces that it has stay where they are.
 *
 * @param locations from the source's location to the target's, both absolute
 * @param policy decides on locations of the source that are not mapped
 */
record TablespaceMapping(Map<String, String> locations, TablespacePolicy policy) {

    TablespaceMapping {
        locations = Map.copyOf(locations);
    }

    boolean isMappedTo(String location) {
        return locations.containsValue(location);
    }

    String location(String ofSource) {
        return locations.getOrDefault(ofSource, ofSource);
    }

    /** Whether the caller has agreed to a location on the target. */
    boolean permits(String location) throws IOException {
        return isMappedTo(location) || policy.permits(Path.of(location));
    }
}
