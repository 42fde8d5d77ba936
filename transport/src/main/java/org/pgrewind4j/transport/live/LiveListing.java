package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.pgrewind4j.transport.CallGuard;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceFileVisitor;
import org.pgrewind4j.transport.UnsafePathException;

/**
 * One call of {@link LiveServerTransport#list}: one query that walks through the directories on the server, streamed. The
 * server goes down level by level, so parents come before children.
 *
 * <p>SQL shows types by what a path leads to: links but those of tablespaces look like what they lead to, and sockets like
 * files. A server's own sockets are known by their name.
 */
final class LiveListing {

    static final int FIELDS = 5;
    private static final int PATH = 0;
    private static final int SIZE = 1;
    private static final int IS_DIRECTORY = 2;
    private static final int LINK_TARGET = 3;
    private static final int IS_AS_STORED = 4;

    /** Enough that handing over costs nothing; what is under way is mostly this many entries times the queue's length. */
    private static final int BUNDLE = 256;

    private static final int QUEUE = 16;
    private static final long POLL_MILLIS = 50;
    private static final List<SourceFile> END = List.of();
    private static final String SOCKET_PREFIX = ".s.PGSQL.";

    private final LiveSessions sessions;
    private final CallGuard gate;
    private final BlockingQueue<List<SourceFile>> queue = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(QUEUE);

    LiveListing(LiveSessions sessions, CallGuard gate) {
        this.sessions = sessions;
        this.gate = gate;
    }

    private static String query(Set<DataPath> closed) {
        return """
                WITH RECURSIVE files (path, size, isdir) AS (
                  SELECT entry, stat.size, stat.isdir
                    FROM pg_ls_dir('.', true, false) AS entry, pg_stat_file(entry, true) AS stat
                   WHERE entry <> 'lost+found'
                  UNION ALL
                  SELECT files.path || '/' || entry, stat.size, stat.isdir
                    FROM files,
                         pg_ls_dir(files.path, true, false) AS entry,
                         pg_stat_file(files.path || '/' || entry, true) AS stat
                   WHERE files.isdir AND files.path <> ALL (%s)
                     AND entry <> 'lost+found'
                     AND (substr(entry, 1, 3) = 'PG_'
                          OR files.path NOT LIKE 'pg_tblspc/%%' OR files.path LIKE 'pg_tblspc/%%/%%'))
                SELECT path, size, isdir,
                       CASE WHEN path LIKE 'pg_tblspc/%%' AND path NOT LIKE 'pg_tblspc/%%/%%' THEN
                         (SELECT pg_tablespace_location(oid) FROM pg_tablespace
                           WHERE path = 'pg_tblspc/' || oid::text) END,
                       getdatabaseencoding() IN ('UTF8', 'SQL_ASCII')
                  FROM files
                 WHERE size IS NOT NULL""".formatted(SqlLiteral.texts(closed));
    }

    void run(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException {
        try (LiveWorkers workers = new LiveWorkers(sessions, gate, 1)) {
            String query = query(closed);
            Future<Boolean> job = workers.submit(session -> read(session, query));
            for (List<SourceFile> bundle = take(workers, job); bundle != END; bundle = take(workers, job)) {
                for (SourceFile file : bundle) {
                    gate.proceed();
                    visitor.visit(file);
                }
            }
            workers.await(job);
        }
    }

    /** The next entries; the end as soon as the worker says so, or has failed. */
    private List<SourceFile> take(LiveWorkers workers, Future<?> job) throws IOException {
        Deadline late = Deadline.after(sessions.timeouts().statement());
        try {
            while (!late.isOver() && !sessions.deadline().isOver()) {
                gate.proceed();
                boolean failed = job.isDone();
                List<SourceFile> bundle = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (bundle != null) {
                    room.release();
                    return bundle;
                }
                if (failed) {
                    return END;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while listing " + sessions.description());
        }
        throw workers.late();
    }

    /** Runs in the worker: hands over what comes, then the end. */
    private boolean read(LiveSession session, String query) throws SQLException, IOException, InterruptedException {
        Bundles bundles = new Bundles(session);
        try {
            session.query(query, FIELDS, row -> bundles.add(entry(row)));
        } catch (SQLException e) {
            if (bundles.handedOver) {
                // Asked again, it would list files twice.
                throw LiveServerException.of("could not list the files of " + sessions.description(), e);
            }
            throw e;
        }
        bundles.handOver();
        bundles.put(END);
        return true;
    }

    /** What one row says. */
    static SourceFile entry(CopyOutReader row) throws IOException {
        DataPath path = path(row);
        if (row.bool(IS_DIRECTORY)) {
            // An in-place tablespace has itself as its location, relative to the data directory.
            return row.isNull(LINK_TARGET) || row.text(LINK_TARGET).equals(path.toString())
                    ? SourceFile.directory(path)
                    : SourceFile.symlink(path, row.text(LINK_TARGET));
        }
        long size = row.int64(SIZE);
        if (size < 0) {
            throw CopyOutReader.malformed("a file of " + size + " bytes");
        }
        return SourceFile.file(path, size);
    }

    /**
     * The path as the file system has it. The server takes the bytes of a name for text in the encoding of the database: one
     * that is not ASCII arrives as it is only if nothing is converted on the way.
     */
    private static DataPath path(CopyOutReader row) throws IOException {
        ByteBuffer bytes = row.bytes(PATH);
        if (bytes == null) {
            throw CopyOutReader.malformed("expected a path, found NULL");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            byte[] name = new byte[bytes.remaining()];
            bytes.duplicate().get(name);
            throw new UnsafePathException(
                    new String(name, StandardCharsets.ISO_8859_1),
                    "not text in UTF-8 (its bytes are shown as characters)",
                    "rename or remove that file on the source.");
        }
        if (!row.bool(IS_AS_STORED) && text.chars().anyMatch(c -> c > '~')) {
            throw new UnsafePathException(
                    text,
                    "the name is not ASCII, and the database that is connected to has another encoding than UTF8",
                    "connect to a database whose encoding is UTF8, or rename or remove that file on the source.");
        }
        return DataPath.ofUntrusted(text);
    }

    /** Entries on their way to the caller. */
    private final class Bundles {
        private final LiveSession session;
        private List<SourceFile> bundle = new ArrayList<>();
        private boolean handedOver;

        Bundles(LiveSession session) {
            this.session = session;
        }

        void add(SourceFile file) throws InterruptedException {
            if (!file.path().fileName().startsWith(SOCKET_PREFIX) || file.size() > 0) {
                bundle.add(file);
            }
            if (bundle.size() == BUNDLE) {
                handOver();
            }
        }

        void handOver() throws InterruptedException {
            if (!bundle.isEmpty()) {
                handedOver = true;
                put(bundle);
                bundle = new ArrayList<>();
            }
        }

        private void put(List<SourceFile> files) throws InterruptedException {
            // Looks up from time to time: once the query is cancelled, nobody may be taking any more. And who is to
            // take may
            // first want to ask something else, on the only connection there is: it gets free when all is handed over.
            while (!room.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (session.isBroken()) {
                    return;
                }
                if (sessions.isScarce()) {
                    break;
                }
            }
            queue.add(files);
        }
    }
}
