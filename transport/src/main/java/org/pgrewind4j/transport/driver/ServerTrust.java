package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whether a server's certificate is trusted: where there are roots, if it leads to one of them, whatever {@code sslmode}
 * says; where there are none, always, unless {@code sslmode} asks for more. Where there are revocation lists, each
 * certificate up to the root must be covered by one (OpenSSL's X509_V_FLAG_CRL_CHECK_ALL, which libpq sets). Unlike libpq, a
 * list that was named and cannot be read is an error.
 */
final class ServerTrust {

    private static final String HASHED = "[0-9a-f]{8}\\.r[0-9]+";

    private ServerTrust() {}

    static TrustManager of(TlsFiles files) throws IOException, GeneralSecurityException {
        Optional<Path> roots = files.roots();
        if (roots.isEmpty()) {
            if (files.mustVerify()) {
                throw new IOException("root certificate file \"" + files.expectedRoots() + "\" does not exist");
            }
            return new AnyServer();
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        for (Certificate root : PemFiles.certificates(roots.get())) {
            anchors.add(new TrustAnchor((X509Certificate) root, null));
        }
        if (anchors.isEmpty()) {
            throw new IOException("root certificate file \"" + roots.get() + "\": no certificate");
        }
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        revocation(parameters, revocations(files));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return factory.getTrustManagers()[0];
    }

    private static void revocation(PKIXBuilderParameters parameters, List<CRL> lists) throws GeneralSecurityException {
        parameters.setRevocationEnabled(!lists.isEmpty());
        if (!lists.isEmpty()) {
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
            PKIXRevocationChecker checker =
                    (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
            checker.setOptions(
                    EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
        }
    }

    private static List<CRL> revocations(TlsFiles files) throws IOException, GeneralSecurityException {
        List<CRL> lists = new ArrayList<>();
        if (files.revocations().isPresent()) {
            lists.addAll(revocations(files.revocations().get()));
        }
        if (files.revocationFolder().isPresent()) {
            try (var found = Files.newDirectoryStream(files.revocationFolder().get())) {
                for (Path file : found) {
                    if (file.getFileName().toString().matches(HASHED)) {
                        lists.addAll(revocations(file));
                    }
                }
            }
        }
        return lists;
    }

    private static Collection<? extends CRL> revocations(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends CRL> lists =
                    CertificateFactory.getInstance("X.509").generateCRLs(in);
            if (lists.isEmpty()) {
                throw new IOException("revocation file \"" + file + "\": no list");
            }
            return lists;
        }
    }

    /** Nobody has said whom to trust: the connection is encrypted, and that is all that was asked for. */
    private static final class AnyServer extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
