package org.pgrewind4j.transport.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream.BlockSize;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {

    private static final byte[] CONTENT = content();

    private static byte[] content() {
        byte[] content = new byte[300_000];
        Random random = new Random(1);
        for (int i = 0; i < content.length; i++) {
            // Repeats itself over far more than one block, so that blocks refer to those before.
            content[i] = (byte) (i % 70_000 < 50_000 ? i / 7 : random.nextInt());
        }
        return content;
    }

    private static byte[] compress(Compression compression, Layer.Form form, byte[] content) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        try (OutputStream target = compressor(compression, form, stored)) {
            target.write(content);
        }
        return stored.toByteArray();
    }

    private static OutputStream compressor(Compression compression, Layer.Form form, OutputStream target)
            throws IOException {
        return switch (compression) {
            case NONE -> target;
            case GZ -> form == Layer.Form.FILE ? new GZIPOutputStream(target) : new DeflaterOutputStream(target);
            case BZ2 -> new BZip2CompressorOutputStream(target);
            case LZ4 ->
                new FramedLZ4CompressorOutputStream(
                        target, new Parameters(BlockSize.K64, form == Layer.Form.FILE, false, true));
            case ZST -> new ZstdOutputStreamNoFinalizer(target);
        };
    }

    private static byte[] read(Layer layer, Layer.Form form, byte[] stored, int length) throws IOException {
        try (ExactStream stream = ExactStream.open(new ByteArrayInputStream(stored), Layer.NONE, layer, form, length)) {
            return stream.readAllBytes();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsBothForms(Compression compression) throws IOException {
        for (Layer.Form form : Layer.Form.values()) {
            byte[] stored = compress(compression, form, CONTENT);
            assertThat(read(compression, form, stored, CONTENT.length)).isEqualTo(CONTENT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnotherLengthThanExpected(Compression compression) throws IOException {
        byte[] stored = compress(compression, Layer.Form.FILE, CONTENT);
        assertThatThrownBy(() -> read(compression, Layer.Form.FILE, stored, CONTENT.length - 1))
                .isInstanceOf(CodecException.class)
                .hasMessage("expected 299999 bytes, found more");
        assertThatThrownBy(() -> read(compression, Layer.Form.FILE, stored, CONTENT.length + 1))
                .isInstanceOf(CodecException.class)
                .hasMessage("expected 300001 bytes, found 300000");
    }

    /** A few kilobytes that would become a hundred megabytes: what is read ends behind the expected length. */
    @ParameterizedTest
    @EnumSource(names = {"GZ", "BZ2", "LZ4", "ZST"})
    void stopsABombAtTheExpectedLength(Compression compression) throws IOException {
        byte[] bomb = compress(compression, Layer.Form.FILE, new byte[20_000_000]);
        assertThat(bomb.length).isLessThan(200_000);
        assertThatThrownBy(() -> read(compression, Layer.Form.FILE, bomb, 8192))
                .isInstanceOf(CodecException.class)
                .hasMessage("expected 8192 bytes, found more");
    }

    /** Any damage is an error of the one kind, or changes nothing, or gives other bytes: a checksum is for those. */
    @ParameterizedTest
    @EnumSource
    void damagedBytesAreAnErrorOfOneKind(Compression compression) throws IOException {
        Random random = new Random(2);
        for (Layer.Form form : Layer.Form.values()) {
            byte[] content = Arrays.copyOf(CONTENT, 60_000);
            byte[] whole = compress(compression, form, content);
            for (int round = 0; round < 300; round++) {
                byte[] stored = round % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
                if (stored.length > 0) {
                    stored[random.nextInt(Math.min(stored.length, round % 2 == 0 ? 40 : stored.length))] ^=
                            (byte) (1 << random.nextInt(8));
                }
                try {
                    assertThat(read(compression, form, stored, content.length)).hasSize(content.length);
                } catch (CodecException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        }
    }

    /** What {@code openssl enc -aes-256-cbc -md sha1 -pass pass:secret} makes of "hello world" with a newline. */
    @Test
    void decryptsWhatOpensslEncrypts() throws IOException {
        byte[] stored = HexFormat.of().parseHex(OPENSSL_HELLO);
        SaltedCipher cipher = new SaltedCipher("secret");
        byte[] plain = "hello world\n".getBytes(StandardCharsets.UTF_8);
        assertThat(read(cipher, Layer.Form.FILE, stored, plain.length)).isEqualTo(plain);
        assertThat(read(cipher, Layer.Form.RAW, Arrays.copyOfRange(stored, 8, stored.length), plain.length))
                .isEqualTo(plain);
        assertThat(SaltedCipher.isMarked(stored)).isTrue();
    }

    private static final String OPENSSL_HELLO = "53616c7465645f5f0102030405060708bc44e90e1228ec0ae7b89b5177964557";

    @Test
    void refusesAnotherPassphraseAndWhatIsNotEncrypted() {
        byte[] stored = HexFormat.of().parseHex(OPENSSL_HELLO);
        assertThatThrownBy(() -> read(new SaltedCipher("other"), Layer.Form.FILE, stored, 12))
                .isInstanceOf(CodecException.class)
                .hasMessageStartingWith("damaged, or encrypted with another passphrase: ");
        assertThatThrownBy(() -> read(new SaltedCipher("secret"), Layer.Form.FILE, new byte[100], 12))
                .isInstanceOf(CodecException.class)
                .hasMessage("not encrypted: expected \"Salted__\" at the start");
        assertThatThrownBy(() -> read(new SaltedCipher("secret"), Layer.Form.RAW, new byte[3], 12))
                .isInstanceOf(CodecException.class)
                .hasMessage("not encrypted: expected a salt of 8 bytes, found 3");
    }

    /** XXH3 with 128 bits of nothing, as its authors give it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 16})
    void blockHashesAreTheFirstBytesOfTheCanonicalForm(int kept) throws IOException {
        byte[] whole = HexFormat.of().parseHex("99aa06d3014798d86001c324468d497f");
        assertThat(BlockHash.create().of(new byte[0], 0, 0, kept)).isEqualTo(Arrays.copyOf(whole, kept));
    }

    @Test
    void namesAreThoseOfTheFiles() {
        assertThat(Compression.ofLabel("lz4")).contains(Compression.LZ4);
        assertThat(Compression.ofLabel("xz")).isEmpty();
        assertThat(Compression.ofFileName("0001.zst")).isEqualTo(Compression.ZST);
        assertThat(Compression.ofFileName("0001")).isEqualTo(Compression.NONE);
    }
}
