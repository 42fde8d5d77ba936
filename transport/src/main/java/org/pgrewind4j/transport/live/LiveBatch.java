package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One round trip for many pieces of files: a query that names each file once with the offsets and lengths wanted of it, and
 * whose rows come in that order. The order is checked: each row repeats its file's number and its offset.
 */
final class LiveBatch {

    /** What a row says beside its file and offset. */
    enum Kind {
        /** The bytes. */
        CONTENT("bytes"),
        /** Their length and hash, for servers that have SHA-256 as a function, from 11 on. */
        SHA_256("octet_length(bytes), sha256(bytes)"),
        /** Their length and hash, for older servers. */
        MD5("octet_length(bytes), decode(md5(bytes), 'hex')");

        private final String columns;

        Kind(String columns) {
            this.columns = columns;
        }
    }

    /**
     * The server's answer for one piece.
     *
     * @param length how many bytes of the piece there are; -1 if the file is not there
     * @param bytes the bytes, or their hash; nothing if the file is not there
     */
    record Answer(int length, ByteBuffer bytes) {}

    private static final Answer VANISHED = new Answer(-1, ByteBuffer.allocate(0));
    private static final int FILE = 0;
    private static final int OFFSET = 1;
    private static final int BYTES = 2;
    private static final int LENGTH = 2;
    private static final int HASH = 3;

    private final List<RangePiece> pieces;
    private final Kind kind;

    /** The number of each piece's file within the query. */
    private final int[] files;

    LiveBatch(List<RangePiece> pieces, Kind kind) {
        this.pieces = pieces;
        this.kind = kind;
        this.files = new int[pieces.size()];
    }

    List<RangePiece> pieces() {
        return pieces;
    }

    List<Answer> run(LiveSession session) throws SQLException, IOException, InterruptedException {
        List<Answer> answers = new ArrayList<>(pieces.size());
        session.query(query(), kind == Kind.CONTENT ? 3 : 4, row -> {
            if (answers.size() == pieces.size()) {
                throw CopyOutReader.malformed("more rows than were asked for");
            }
            answers.add(answer(row, answers.size()));
        });
        if (answers.size() < pieces.size()) {
            throw CopyOutReader.malformed("fewer rows than were asked for");
        }
        return answers;
    }

    private Answer answer(CopyOutReader row, int index) throws IOException {
        RangePiece piece = pieces.get(index);
        if (row.int32(FILE) != files[index] || row.int64(OFFSET) != piece.offset()) {
            throw CopyOutReader.malformed("rows in another order than asked for");
        }
        if (kind != Kind.CONTENT) {
            ByteBuffer hash = row.bytes(HASH);
            return hash == null ? VANISHED : checked(piece, new Answer(row.int32(LENGTH), hash));
        }
        ByteBuffer bytes = row.bytes(BYTES);
        return bytes == null ? VANISHED : checked(piece, new Answer(bytes.remaining(), bytes));
    }

    private static Answer checked(RangePiece piece, Answer answer) throws IOException {
        if (answer.length < 0 || answer.length > piece.length()) {
            throw CopyOutReader.malformed(answer.length + " bytes where " + piece.length() + " were asked for");
        }
        return answer;
    }

    private String query() {
        StringBuilder values = new StringBuilder();
        int file = 0;
        for (int begin = 0; begin < pieces.size(); file++) {
            int end = begin;
            while (end < pieces.size()
                    && pieces.get(end).path().equals(pieces.get(begin).path())) {
                files[end++] = file;
            }
            append(values, file, pieces.subList(begin, end));
            begin = end;
        }
        // A volatile function keeps the inner query from being merged into the outer one, so each piece is read once.
        // What
        // has no size is not opened: it may be a pipe, which nobody writes to, and a server that opens one waits in a
        // way
        // that nothing can end, not even its own shutdown.
        return """
                SELECT file, start, %s
                  FROM (SELECT file, start,
                               CASE WHEN size > 0 THEN pg_read_binary_file(path, start, length, true)
                                    WHEN size = 0 THEN ''::bytea END AS bytes
                          FROM (VALUES %s) AS files (file, path, starts, lengths),
                               pg_stat_file(path, true) AS stat,
                               unnest(starts, lengths) AS pieces (start, length)) AS chunks""".formatted(kind.columns, values);
    }

    private static void append(StringBuilder values, int file, List<RangePiece> pieces) {
        String separator = file == 0 ? "" : ",";
        values.append(separator)
                .append('(')
                .append(file)
                .append(',')
                .append(SqlLiteral.text(pieces.get(0).path().toString()))
                .append(',')
                .append(SqlLiteral.numbers(
                        pieces.stream().mapToLong(RangePiece::offset).toArray()))
                .append(',')
                .append(SqlLiteral.numbers(
                        pieces.stream().mapToLong(RangePiece::length).toArray()))
                .append(')');
    }
}
