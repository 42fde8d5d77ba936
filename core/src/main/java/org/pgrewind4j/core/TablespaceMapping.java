package org.pgrewind4j.core;

import java.util.Map;

/**
 * Where tablespaces that the target does not have yet are to lie. Tablespaces that it has stay where they are.
 *
 * @param locations from the source's location to the target's, both absolute
 */
record TablespaceMapping(Map<String, String> locations) {

    TablespaceMapping {
        locations = Map.copyOf(locations);
    }

    boolean isMappedTo(String location) {
        return locations.containsValue(location);
    }

    String location(String ofSource) {
        return locations.getOrDefault(ofSource, ofSource);
    }
}
