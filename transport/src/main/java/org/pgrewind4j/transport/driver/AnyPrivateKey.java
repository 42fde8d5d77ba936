package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** A private key in any form that OpenSSL writes, read by BouncyCastle. Its provider is not installed in the JVM. */
final class AnyPrivateKey {

    private AnyPrivateKey() {}

    /** Finds the first key, and gives it as PKCS#8. */
    static byte[] read(String text, Path path, Optional<char[]> password) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof PrivateKeyInfo key) {
                    return key.getEncoded();
                } else if (block instanceof PEMKeyPair pair) {
                    return pair.getPrivateKeyInfo().getEncoded();
                } else if (block instanceof PEMEncryptedKeyPair locked) {
                    char[] secret = secret(path, password);
                    return locked.decryptKeyPair(new BcPEMDecryptorProvider(secret))
                            .getPrivateKeyInfo()
                            .getEncoded();
                } else if (block instanceof PKCS8EncryptedPrivateKeyInfo locked) {
                    return unlock(locked, secret(path, password)).getEncoded();
                }
                // Parameters of the key that follows, or its certificate.
            }
        } catch (PEMException | PKCSException | OperatorCreationException e) {
            throw new IOException(
                    "private key file \"" + path + "\" cannot be read, or sslpassword is not its password: "
                            + e.getMessage(),
                    e);
        }
        throw new IOException("private key file \"" + path + "\": no key");
    }

    private static PrivateKeyInfo unlock(PKCS8EncryptedPrivateKeyInfo locked, char[] password)
            throws OperatorCreationException, PKCSException {
        return locked.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                .setProvider(new BouncyCastleProvider())
                .build(password));
    }

    private static char[] secret(Path path, Optional<char[]> password) throws IOException {
        return password.orElseThrow(() ->
                new IOException("private key file \"" + path + "\" is encrypted: name its password by sslpassword"));
    }
}
