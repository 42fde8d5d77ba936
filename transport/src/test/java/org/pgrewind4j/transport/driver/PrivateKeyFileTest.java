package org.pgrewind4j.transport.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgrewind4j.transport.Openssl;

class PrivateKeyFileTest {

    private static final Optional<char[]> SECRET = Optional.of("secret".toCharArray());

    @TempDir
    static Path folder;

    private static Openssl openssl;

    @BeforeAll
    static void makeKeys() throws Exception {
        openssl = new Openssl(folder)
                .run("ecparam -name prime256v1 -genkey -out ec.key")
                .run("pkcs8 -topk8 -nocrypt -in ec.key -out ec8.key")
                .run("genrsa -traditional -out rsa.key 2048")
                .run("pkcs8 -topk8 -nocrypt -in rsa.key -out rsa8.key");
    }

    private static PrivateKeyFile file(String name, String algorithm, Optional<char[]> password) {
        return new PrivateKeyFile(folder.resolve(name), algorithm, password);
    }

    @ParameterizedTest
    @CsvSource({
        "EC, ec, ec -in ec.key -out made.key",
        "EC, ec, ec -in ec.key -aes256 -passout pass:secret -out made.key",
        "EC, ec, pkcs8 -topk8 -nocrypt -in ec.key -out made.key",
        "EC, ec, pkcs8 -topk8 -nocrypt -in ec.key -outform DER -out made.key",
        "EC, ec, pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret -in ec.key -out made.key",
        "EC, ec, pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:secret -in ec.key -out made.key",
        "EC, ec, pkcs8 -topk8 -scrypt -passout pass:secret -in ec.key -out made.key",
        "RSA, rsa, rsa -traditional -in rsa.key -out made.key",
        "RSA, rsa, rsa -traditional -aes128 -passout pass:secret -in rsa.key -out made.key",
        "RSA, rsa, pkcs8 -topk8 -v2 aes128 -passout pass:secret -in rsa.key -out made.key",
    })
    void isReadInEveryFormThatOpensslWrites(String algorithm, String name, String command) throws Exception {
        openssl.run(command);
        PrivateKey expected = file(name + "8.key", algorithm, Optional.empty()).read();
        assertThat(number(file("made.key", algorithm, SECRET).read())).isEqualTo(number(expected));
    }

    @Test
    void isReadBehindItsParameters() throws Exception {
        assertThat(folder.resolve("ec.key")).content().startsWith("-----BEGIN EC PARAMETERS-----");
        assertThat(number(file("ec.key", "EC", Optional.empty()).read()))
                .isEqualTo(number(file("ec8.key", "EC", Optional.empty()).read()));
    }

    /** The secret itself: some forms have the public key beside it, others have not. */
    private static BigInteger number(PrivateKey key) {
        return key instanceof ECPrivateKey curve ? curve.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        openssl.run("pkcs8 -topk8 -v2 aes128 -passout pass:secret -in ec.key -out locked.key");
        assertThatThrownBy(() -> file("locked.key", "EC", Optional.empty()).read())
                .isInstanceOf(IOException.class)
                .hasMessage("private key file \"" + folder.resolve("locked.key")
                        + "\" is encrypted: name its password by sslpassword");
        assertThatThrownBy(() -> file("locked.key", "EC", Optional.of("wrong".toCharArray()))
                        .read())
                .hasMessageStartingWith("private key file \"" + folder.resolve("locked.key")
                        + "\" cannot be read, or sslpassword is not its password: ");
        assertThatThrownBy(() -> file("ec.key", "RSA", Optional.empty()).read())
                .hasMessage(
                        "private key file \"" + folder.resolve("ec.key") + "\": no key of the certificate's kind, RSA");
        assertThatThrownBy(() -> file("none.key", "RSA", Optional.empty()).read())
                .hasMessage("certificate present, but not private key file \"" + folder.resolve("none.key") + "\"");
        Path open = Files.copy(folder.resolve("ec.key"), folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(() -> file("open", "EC", Optional.empty()).read())
                .hasMessageStartingWith("private key file \"" + open + "\" has group or world access;");
    }

    @Test
    void namesTheLibraryThatIsMissing() throws Exception {
        Class<?> type = new WithoutBouncyCastle().loadClass(PrivateKeyFile.class.getName());
        var constructor = type.getDeclaredConstructor(Path.class, String.class, Optional.class);
        var read = type.getDeclaredMethod("read");
        constructor.setAccessible(true);
        read.setAccessible(true);
        assertThat(read.invoke(constructor.newInstance(folder.resolve("ec8.key"), "EC", Optional.empty())))
                .isNotNull();
        assertThatThrownBy(() -> read.invoke(constructor.newInstance(folder.resolve("ec.key"), "EC", Optional.empty())))
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "private key file \"" + folder.resolve("ec.key") + "\": \"EC PRIVATE KEY\" needs the library"
                                + " org.bouncycastle:bcpkix-jdk18on, which is not there; without it, the form of"
                                + " \"openssl pkcs8 -topk8 -nocrypt\" is read");
    }

    /** Loads the classes of this package again, and none of the library. */
    private static final class WithoutBouncyCastle extends ClassLoader {

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.bouncycastle.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(PrivateKeyFile.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
