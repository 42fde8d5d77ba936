package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Certificates in files, as PEM or DER. */
final class PemFiles {

    private PemFiles() {}

    static List<X509Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (NoSuchFileException e) {
            throw new IOException("certificate file \"" + file + "\" does not exist", e);
        } catch (CertificateException e) {
            throw new IOException("certificate file \"" + file + "\" cannot be read: " + e.getMessage(), e);
        }
    }
}
