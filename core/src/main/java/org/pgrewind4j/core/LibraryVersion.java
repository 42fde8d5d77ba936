package org.pgrewind4j.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this library, as a program that depends on it may log it.
 *
 * <p>It is read from a resource and not from the jar's manifest, which named modules and runtime images do not have.
 */
public final class LibraryVersion {

    private static final String RESOURCE = "/META-INF/pgrewind4j/version.properties";
    private static final String CURRENT = read();

    private LibraryVersion() {}

    /**
     * The version that runs, such as {@code 0.1.0} or {@code 0.2.0-SNAPSHOT}.
     *
     * @return the version that the artifact was published under
     */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        try (InputStream resource = LibraryVersion.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("the library's jar lacks " + RESOURCE);
            }
            Properties properties = new Properties();
            properties.load(resource);
            return properties.getProperty("version", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
