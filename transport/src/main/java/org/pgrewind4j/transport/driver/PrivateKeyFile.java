package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with the private key of a certificate. An unencrypted PKCS#8 key, PEM or DER, is read by the JDK alone; every
 * other form that OpenSSL writes (SEC1 and PKCS#1, a block of parameters before them, encrypted in any of these forms) by
 * BouncyCastle, which is therefore optional: see {@link AnyPrivateKey}.
 *
 * <p>As libpq does, it refuses keys that others can read (PostgreSQL 18: src/interfaces/libpq/fe-secure-openssl.c,
 * initialize_SSL).
 *
 * @param path the file
 * @param algorithm of the certificate's key, in the JDK's words
 * @param password for an encrypted key
 */
record PrivateKeyFile(Path path, String algorithm, Optional<char[]> password) {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final Pattern KIND = Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----");
    private static final String LIBRARY = "org.bouncycastle:bcpkix-jdk18on";

    PrivateKey read() throws IOException, GeneralSecurityException {
        byte[] content = content();
        String text = new String(content, StandardCharsets.ISO_8859_1);
        Matcher pkcs8 = PKCS8.matcher(text);
        try {
            if (pkcs8.find()) {
                return key(Base64.getMimeDecoder().decode(pkcs8.group(1)));
            }
            return text.contains("-----BEGIN ") ? key(unusual(text)) : key(content);
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new IOException(
                    "private key file \"" + path + "\": no key of the certificate's kind, " + algorithm, e);
        }
    }

    private byte[] content() throws IOException {
        try {
            checkPermissions();
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new IOException("certificate present, but not private key file \"" + path + "\"", e);
        }
    }

    private void checkPermissions() throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        Set<PosixFilePermission> permissions =
                Files.readAttributes(path, PosixFileAttributes.class).permissions();
        boolean isRoots = Integer.valueOf(0).equals(Files.getAttribute(path, "unix:uid"));
        boolean isOpen = permissions.stream()
                .anyMatch(permission -> !permission.name().startsWith("OWNER")
                        && !(isRoots && permission == PosixFilePermission.GROUP_READ));
        if (isOpen) {
            throw new IOException("private key file \"" + path + "\" has group or world access; file must have"
                    + " permissions u=rw (0600) or less if owned by the current user, or permissions u=rw,g=r (0640) or"
                    + " less if owned by root");
        }
    }

    private PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private byte[] unusual(String text) throws IOException {
        try {
            return AnyPrivateKey.read(text, path, password);
        } catch (LinkageError e) {
            Matcher kind = KIND.matcher(text);
            throw new IOException(
                    "private key file \"" + path + "\": \"" + (kind.find() ? kind.group(1) : "unknown")
                            + "\" needs the library " + LIBRARY + ", which is not there; without it, the form of"
                            + " \"openssl pkcs8 -topk8 -nocrypt\" is read",
                    e);
        }
    }
}
