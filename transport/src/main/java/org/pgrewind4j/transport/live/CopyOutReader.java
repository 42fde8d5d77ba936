package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/**
 * The rows that {@code COPY ... TO STDOUT (FORMAT binary)} sends, one by one: nothing is held but the present row.
 *
 * <table>
 * <caption>Layout (PostgreSQL 18: manual, COPY, "Binary Format"); all numbers big-endian</caption>
 * <tr><th>bytes</th><th>content</th></tr>
 * <tr><td>11</td><td>{@code PGCOPY\n\377\r\n\0}</td></tr>
 * <tr><td>4</td><td>flags, 0 here</td></tr>
 * <tr><td>4</td><td>length of an extension, which follows</td></tr>
 * <tr><td>for each row: 2</td><td>number of fields; -1 instead of a row is the end</td></tr>
 * <tr><td>for each field: 4</td><td>length; -1 is NULL</td></tr>
 * <tr><td>length</td><td>the field</td></tr>
 * </table>
 *
 * <p>A server sends whole rows in each message. What does not fit this layout is refused: lengths are checked against
 * the message before they are used.
 */
final class CopyOutReader {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CopyOut copy;
    private final @Nullable ByteBuffer[] fields;
    private ByteBuffer message = NOTHING;
    private boolean headerRead;
    private boolean ended;

    CopyOutReader(CopyOut copy, int fieldCount) {
        this.copy = copy;
        this.fields = new @Nullable ByteBuffer[fieldCount];
    }

    /** Goes to the next row; false behind the last one. */
    boolean next() throws SQLException, IOException {
        while (!message.hasRemaining()) {
            byte[] bytes = DriverCall.guard(copy::readFromCopy);
            if (bytes == null) {
                if (!ended) {
                    throw malformed("it ends too early");
                }
                return false;
            }
            message = ByteBuffer.wrap(bytes);
            if (!headerRead) {
                readHeader();
            }
        }
        if (ended) {
            throw malformed("it continues behind its end");
        }
        return readRow() || next();
    }

    private void readHeader() throws IOException {
        byte[] signature = new byte[SIGNATURE.length];
        take(SIGNATURE.length + 8).get(signature);
        int flags = message.getInt(message.position() - 8);
        int extension = message.getInt(message.position() - 4);
        if (!Arrays.equals(signature, SIGNATURE) || flags != 0) {
            throw malformed("it has another header");
        }
        take(extension);
        headerRead = true;
    }

    private boolean readRow() throws IOException {
        int count = take(2).getShort();
        if (count == -1) {
            ended = true;
            return false;
        }
        if (count != fields.length) {
            throw malformed("expected " + fields.length + " fields, found " + count);
        }
        for (int i = 0; i < count; i++) {
            int length = take(4).getInt();
            fields[i] = length == -1 ? null : take(length);
        }
        return true;
    }

    /** The next bytes of the message, as a view of it. */
    private ByteBuffer take(int length) throws IOException {
        if (length < 0 || length > message.remaining()) {
            throw malformed("a length of " + length + " where " + message.remaining() + " bytes follow");
        }
        ByteBuffer taken = message.slice(message.position(), length);
        message.position(message.position() + length);
        return taken;
    }

    /** A field's bytes, of which the reader may take its own; null if it is NULL. */
    @Nullable ByteBuffer bytes(int field) {
        return fields[field];
    }

    int int32(int field) throws IOException {
        return fixed(field, Integer.BYTES).getInt(0);
    }

    long int64(int field) throws IOException {
        return fixed(field, Long.BYTES).getLong(0);
    }

    boolean bool(int field) throws IOException {
        return fixed(field, 1).get(0) != 0;
    }

    boolean isNull(int field) {
        return fields[field] == null;
    }

    private ByteBuffer fixed(int field, int length) throws IOException {
        ByteBuffer bytes = fields[field];
        if (bytes == null || bytes.remaining() != length) {
            throw malformed("expected a field of " + length + " bytes");
        }
        return bytes;
    }

    String text(int field) throws IOException {
        ByteBuffer bytes = fields[field];
        if (bytes == null) {
            throw malformed("expected text, found NULL");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            throw LiveServerException.of("the server's answer is malformed: text that is not UTF-8", e);
        }
    }

    static LiveServerException malformed(String how) {
        return LiveServerException.of("the server's answer is malformed: " + how);
    }
}
