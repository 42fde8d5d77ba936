package org.pgrewind4j.transport.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-CBC with a passphrase as {@code openssl enc} and pgBackRest use it (pgBackRest:
 * {@code src/common/crypto/cipherBlock.c}): key and IV are OpenSSL's {@code EVP_BytesToKey} with SHA-1 and one round.
 *
 * <table>
 * <caption>Stored bytes</caption>
 * <tr><th>bytes</th><th>what</th></tr>
 * <tr><td>8</td><td>{@code Salted__}; not in the raw form</td></tr>
 * <tr><td>8</td><td>salt</td></tr>
 * <tr><td>n times 16</td><td>what was encrypted, padded as PKCS#7 says</td></tr>
 * </table>
 *
 * <p>Nothing here tells whether the bytes were changed: that is given by the checksum of what comes out.
 */
public final class SaltedCipher implements Layer {

    /** What the form of a file begins with. */
    private static final byte[] MAGIC = "Salted__".getBytes(StandardCharsets.US_ASCII);

    private static final int SALT = 8;
    private static final int KEY = 32;
    private static final int IV = 16;
    private static final int PIECE = 64 * 1024;

    private final byte[] passphrase;

    /**
     * Takes a passphrase.
     *
     * @param passphrase used as its UTF-8 bytes
     */
    public SaltedCipher(String passphrase) {
        this.passphrase = passphrase.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Whether a file begins as an encrypted one does.
     *
     * @param beginning its first bytes
     * @return true if they are
     */
    public static boolean isMarked(byte[] beginning) {
        return beginning.length >= MAGIC.length && Arrays.equals(Arrays.copyOf(beginning, MAGIC.length), MAGIC);
    }

    @Override
    public InputStream open(InputStream stored, Form form) throws IOException {
        if (form == Form.FILE && !isMarked(stored.readNBytes(MAGIC.length))) {
            throw new CodecException("not encrypted: expected \"Salted__\" at the start");
        }
        byte[] salt = stored.readNBytes(SALT);
        if (salt.length < SALT) {
            throw new CodecException("not encrypted: expected a salt of " + SALT + " bytes, found " + salt.length);
        }
        return new Decrypting(stored, cipher(salt));
    }

    private Cipher cipher(byte[] salt) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] derived = new byte[0];
            byte[] last = new byte[0];
            while (derived.length < KEY + IV) {
                sha1.update(last);
                sha1.update(passphrase);
                last = sha1.digest(salt);
                int before = derived.length;
                derived = Arrays.copyOf(derived, before + last.length);
                System.arraycopy(last, 0, derived, before, last.length);
            }
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(derived, 0, KEY, "AES"),
                    new IvParameterSpec(derived, KEY, IV));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1 and AES", e);
        }
    }

    /** Unlike the JDK's, in large pieces, and with an error for what does not end as it must. */
    private static final class Decrypting extends BulkInputStream {

        private final InputStream stored;
        private final Cipher cipher;
        private final byte[] piece = new byte[PIECE];
        private byte[] plain = new byte[0];
        private int position;
        private boolean ended;

        Decrypting(InputStream stored, Cipher cipher) {
            this.stored = stored;
            this.cipher = cipher;
        }

        @Override
        public int read(byte[] target, int offset, int wanted) throws IOException {
            if (wanted == 0) {
                return 0;
            }
            while (position == plain.length) {
                if (ended) {
                    return -1;
                }
                fill();
            }
            int length = Math.min(wanted, plain.length - position);
            System.arraycopy(plain, position, target, offset, length);
            position += length;
            return length;
        }

        private void fill() throws IOException {
            int read = stored.read(piece, 0, piece.length);
            position = 0;
            if (read >= 0) {
                byte[] next = cipher.update(piece, 0, read);
                plain = next == null ? new byte[0] : next;
                return;
            }
            ended = true;
            try {
                plain = cipher.doFinal();
            } catch (GeneralSecurityException e) {
                throw new CodecException("damaged, or encrypted with another passphrase: " + e.getMessage(), e);
            }
            if (plain == null) {
                throw new EOFException();
            }
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] skipped = new byte[(int) Math.min(count, PIECE)];
            return Math.max(0, read(skipped, 0, skipped.length));
        }

        @Override
        public int available() {
            return plain.length - position;
        }

        @Override
        public void close() throws IOException {
            stored.close();
        }
    }
}
