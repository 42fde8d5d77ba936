package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CopyOutReaderTest {

    private static final byte[] HEADER = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

    private static CopyOutReader rows(int fields, byte[]... messages) {
        return new CopyOutReader(CopyMessages.of(messages), fields);
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] message(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static void header(DataOutputStream out) throws IOException {
        out.write(HEADER);
        out.writeInt(0);
        out.writeInt(0);
    }

    private static void row(DataOutputStream out, int number, String text) throws IOException {
        out.writeShort(3);
        out.writeInt(4);
        out.writeInt(number);
        out.writeInt(text.length());
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.writeInt(-1);
    }

    private static byte[] answer() {
        return message(out -> {
            header(out);
            row(out, 7, "seven");
            row(out, 8, "");
            out.writeShort(-1);
        });
    }

    @Test
    void readsRows() throws Exception {
        CopyOutReader rows = rows(3, answer());
        assertThat(rows.next()).isTrue();
        assertThat(rows.int32(0)).isEqualTo(7);
        assertThat(rows.text(1)).isEqualTo("seven");
        assertThat(rows.isNull(2)).isTrue();
        assertThat(rows.bytes(2)).isNull();
        assertThat(rows.next()).isTrue();
        assertThat(rows.text(1)).isEmpty();
        assertThat(rows.next()).isFalse();
    }

    @Test
    void takesAMessageForEachRow() throws Exception {
        CopyOutReader rows = rows(
                3,
                message(CopyOutReaderTest::header),
                message(out -> row(out, 7, "seven")),
                message(out -> row(out, 8, "eight")),
                message(out -> out.writeShort(-1)));
        assertThat(rows.next()).isTrue();
        assertThat(rows.next()).isTrue();
        assertThat(rows.int32(0)).isEqualTo(8);
        assertThat(rows.next()).isFalse();
    }

    @Test
    void refusesWhatIsNotSuchAnAnswer() {
        assertMalformed("it ends too early");
        assertMalformed("it ends too early", message(CopyOutReaderTest::header));
        assertMalformed("a length of 19 where 3 bytes follow", new byte[3]);
        assertMalformed("it has another header", new byte[19]);
        assertMalformed("it has another header", message(out -> {
            out.write(HEADER);
            out.writeInt(1 << 16);
            out.writeInt(0);
        }));
        assertMalformed("expected 3 fields, found 2", message(out -> {
            header(out);
            out.writeShort(2);
        }));
        assertMalformed("a length of 2147483647 where 4 bytes follow", message(out -> {
            header(out);
            out.writeShort(3);
            out.writeInt(Integer.MAX_VALUE);
            out.writeInt(0);
        }));
        assertMalformed("a length of -2 where 0 bytes follow", message(out -> {
            header(out);
            out.writeShort(3);
            out.writeInt(-2);
        }));
        assertMalformed("it continues behind its end", message(out -> {
            header(out);
            out.writeShort(-1);
            row(out, 1, "");
        }));
    }

    private static void assertMalformed(String how, byte[]... messages) {
        assertThatThrownBy(() -> read(rows(3, messages)))
                .isInstanceOf(LiveServerException.class)
                .hasMessage("the server's answer is malformed: " + how);
    }

    private static List<Object> read(CopyOutReader rows) throws IOException, SQLException {
        List<Object> read = new ArrayList<>();
        while (rows.next()) {
            read.add(rows.int32(0));
            read.add(rows.text(1));
            read.add(rows.isNull(2));
        }
        return read;
    }

    @Test
    void refusesFieldsOfAnotherType() throws Exception {
        CopyOutReader rows = rows(3, answer());
        assertThat(rows.next()).isTrue();
        assertThatThrownBy(() -> rows.int64(0)).hasMessageEndingWith("expected a field of 8 bytes");
        assertThatThrownBy(() -> rows.bool(2)).hasMessageEndingWith("expected a field of 1 bytes");
        assertThatThrownBy(() -> rows.text(2)).hasMessageEndingWith("expected text, found NULL");
    }

    @Property
    void anyByteFlippedIsAnErrorOrAnotherValue(@ForAll @IntRange(max = 80) int at, @ForAll byte with)
            throws SQLException {
        byte[] answer = answer();
        answer[at % answer.length] ^= with;
        readOrRefuse(answer);
    }

    @Property
    void anyCutIsAnError(@ForAll @IntRange(max = 80) int at) throws SQLException {
        byte[] answer = answer();
        int length = at % answer.length;
        assertThat(readOrRefuse(Arrays.copyOf(answer, length))).isFalse();
    }

    @Property
    void anyBytesAreAnErrorOrRows(@ForAll byte[] bytes) throws SQLException {
        readOrRefuse(message(out -> {
            header(out);
            out.write(bytes);
        }));
    }

    private static boolean readOrRefuse(byte[] message) throws SQLException {
        try {
            read(rows(3, message));
            return true;
        } catch (IOException e) {
            assertThat(e).isInstanceOf(LiveServerException.class);
            return false;
        }
    }
}
