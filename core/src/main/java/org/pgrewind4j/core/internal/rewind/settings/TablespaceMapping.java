package org.pgrewind4j.core.internal.rewind.settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.pgrewind4j.core.TablespacePolicy;

/**
 * Where tablespaces that the target does not have yet are to lie. Tablespaces that it has stay where they are.
 *
 * @param locations from the source's location to the target's, both absolute
 * @param policy decides on locations of the source that are not mapped
 */
public record TablespaceMapping(Map<String, String> locations, TablespacePolicy policy) {

    public TablespaceMapping {
        locations = Map.copyOf(locations);
    }

    boolean isMappedTo(String location) {
        return locations.containsValue(location);
    }

    public String location(String ofSource) {
        return locations.getOrDefault(ofSource, ofSource);
    }

    /** Whether the caller has agreed to a location on the target. */
    public boolean permits(String location) throws IOException {
        return isMappedTo(location) || policy.permits(Path.of(location));
    }
}
