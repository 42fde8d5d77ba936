package org.pgrewind4j.transport.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Which files TLS is made of: those that are named, else those with libpq's names in the user's folder, if they exist. */
public final class TlsFiles {

    /** The driver's property with the folder of the default files, libpq's {@code ~/.postgresql}. */
    public static final String FOLDER = "pgrewind4j.tlsFolder";

    /** The driver's property with a file of revocation lists. */
    public static final String CRL = "pgrewind4j.sslcrl";

    /** The driver's property with a folder of revocation lists. */
    public static final String CRL_FOLDER = "pgrewind4j.sslcrldir";

    /** The driver's property that says, as {@code 0}, that the host is not named to the server. */
    public static final String SNI = "pgrewind4j.sslsni";

    /** The driver's property with the oldest protocol. */
    public static final String MIN_PROTOCOL = "pgrewind4j.sslMinProtocolVersion";

    /** The driver's property with the newest protocol. */
    public static final String MAX_PROTOCOL = "pgrewind4j.sslMaxProtocolVersion";

    /** The driver's property that says, as {@code disable}, that no certificate of the client is sent. */
    public static final String CERTIFICATE_MODE = "pgrewind4j.sslcertmode";

    private final Properties driver;

    TlsFiles(Properties driver) {
        this.driver = driver;
    }

    /** A file that is named, whether it exists or not, or a default one that does. */
    private Optional<Path> file(String property, String name) {
        @Nullable String named = driver.getProperty(property);
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Optional.of(folder().resolve(name)).filter(Files::exists);
    }

    private Path folder() {
        return Path.of(driver.getProperty(FOLDER, "/nonexistent"));
    }

    Optional<Path> certificate() {
        return driver.getProperty(CERTIFICATE_MODE, "allow").equals("disable")
                ? Optional.empty()
                : file("sslcert", "postgresql.crt");
    }

    /** The key of the certificate, which must be there if the certificate is. */
    Path key() {
        @Nullable String named = driver.getProperty("sslkey");
        return named == null ? folder().resolve("postgresql.key") : Path.of(named);
    }

    Optional<char[]> keyPassword() {
        return Optional.ofNullable(driver.getProperty("sslpassword")).map(String::toCharArray);
    }

    /** The roots; a file that is named and not there is as none, unless certificates must be looked at. */
    Optional<Path> roots() {
        return file("sslrootcert", "root.crt").filter(Files::exists);
    }

    /** Where roots would be looked for. */
    Path expectedRoots() {
        return Path.of(
                driver.getProperty("sslrootcert", folder().resolve("root.crt").toString()));
    }

    boolean mustVerify() {
        return driver.getProperty("sslmode", "prefer").startsWith("verify-");
    }

    Optional<Path> revocations() {
        return driver.containsKey(CRL_FOLDER) && !driver.containsKey(CRL) ? Optional.empty() : file(CRL, "root.crl");
    }

    Optional<Path> revocationFolder() {
        return Optional.ofNullable(driver.getProperty(CRL_FOLDER)).map(Path::of);
    }
}
