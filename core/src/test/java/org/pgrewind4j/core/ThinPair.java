package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.restore.DeltaRestore;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.backup.Backup;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/**
 * A diverged pair of which a rewind needs every kind of action, without the files that take no part in it: no server
 * starts on it, but it is copied in a moment. Everything of the target lies in one folder, its tablespaces too.
 */
public final class ThinPair implements AutoCloseable {

    /** The first number that is given to what users create (PostgreSQL: {@code src/include/access/transam.h}). */
    private static final int FIRST_NORMAL_OBJECT = 16_384;

    private final Path folder;
    private final Path pristine;
    private final Path base;
    private final LocalDirectoryTransport source;
    private @Nullable TreeRestore restore;

    private ThinPair(Path folder, Path base) throws IOException {
        this.folder = folder;
        this.base = base;
        this.pristine = folder.resolve("pristine");
        this.source = LocalDirectoryTransport.open(folder.resolve("source/data"));
    }

    /** Makes one of real servers, which are gone when this returns. */
    public static ThinPair in(Path folder) throws IOException {
        Path stays = Files.createDirectories(folder.resolve("made/stays"));
        Path goes = Files.createDirectories(folder.resolve("made/goes"));
        Path comes = Files.createDirectories(folder.resolve("made/comes"));
        try (DivergedPair pair = EveryAction.pair(ServerRelease.of("17"), stays, goes);
                // Copies lie with all that their links lead to in a folder of their own.
                PostgresServer target = pair.target().copy();
                PostgresServer source = pair.source().copy()) {
            keepThin(target, folder.resolve("pristine"));
            keepThin(source, folder.resolve("source"));
        }
        addDirectories(folder, comes);
        return new ThinPair(folder, folder.resolve("target"));
    }

    /** Takes one that was made before, to have its target in a folder that is not there yet. */
    static ThinPair madeIn(Path folder, Path base) throws IOException {
        return new ThinPair(folder, base);
    }

    private static void keepThin(PostgresServer server, Path to) throws IOException {
        Path home = server.dataDirectory().getParent();
        FolderCopy.copy(home, to);
        for (Path tree : List.of(to.resolve("data/global"), to.resolve("data/base"))) {
            for (Path file : files(tree)) {
                if (isOfCatalog(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static List<Path> files(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static boolean isOfCatalog(Path file) {
        String number = file.getFileName().toString().replaceFirst("[_.].*", "");
        return number.matches("[0-9]+") && Integer.parseInt(number) < FIRST_NORMAL_OBJECT;
    }

    /** Directories that only one side has, and a tablespace that the target has not seen yet, with a file. */
    private static void addDirectories(Path folder, Path comes) throws IOException {
        Path abandoned = Files.createDirectories(folder.resolve("pristine/data/abandoned/deep"));
        Files.writeString(abandoned.resolve("file"), "x");
        Path added = Files.createDirectories(folder.resolve("source/data/added/deep"));
        Files.writeString(added.resolve("file"), "z");
        Files.createFile(added.resolve("empty"));
        Path tablespace = Files.createDirectories(comes.resolve("PG_17_202406281/5"));
        Files.write(tablespace.resolve("99999"), new byte[3 * 8192]);
        Files.createSymbolicLink(folder.resolve("source/data/pg_tblspc/99998"), comes);
    }

    /** Moves the target's WAL to a place of its own, behind a link. */
    void moveWalElsewhere() throws IOException {
        Path elsewhere = Files.createDirectories(pristine.resolve("links")).resolve("wal");
        Files.move(pristine.resolve("data/pg_wal"), elsewhere);
        Files.createSymbolicLink(pristine.resolve("data/pg_wal"), elsewhere);
    }

    /** The folder that holds everything of the target. */
    public Path base() {
        return base;
    }

    /** The folder that holds everything of both. */
    public Path folder() {
        return folder;
    }

    /** The target's data directory. */
    public Path target() {
        return base().resolve("data");
    }

    /** Re-creates the target as it was before any rewind. */
    public void restore() throws IOException {
        if (restore == null) {
            FolderCopy.copy(pristine, base());
            restore = new TreeRestore(pristine, base());
        }
        restore.restore();
    }

    public LocalDirectoryTransport source() {
        return source;
    }

    /** Where the source's newest tablespace lies. */
    Path comes() {
        return folder.resolve("made/comes");
    }

    public Rewind rewind() {
        return rewind(source);
    }

    /** The same from a source that does something else than this pair's. */
    public Rewind rewind(Transport from) {
        return Rewind.of(target())
                .from(from)
                .mapTablespace(comes(), base().resolve("spaces/made/comes"))
                .durability(Durability.NO_SYNC)
                .threads(1);
    }

    /** The same as a restore, which leaves the target's tablespaces where they are. */
    public DeltaRestore restore(Backup from) throws IOException {
        DeltaRestore restore = DeltaRestore.of(target())
                .from(from)
                .mapTablespace("99998", base().resolve("spaces/made/comes"))
                .durability(Durability.NO_SYNC)
                .threads(1);
        for (BackupFacts.Tablespace tablespace : from.facts().tablespaces()) {
            Path link = pristine.resolve("data/pg_tblspc/" + tablespace.oid());
            if (Files.isSymbolicLink(link)) {
                Path here = target().resolve("pg_tblspc/" + tablespace.oid());
                restore.mapTablespace(tablespace.name(), Files.readSymbolicLink(here));
            }
        }
        return restore;
    }

    public RewindPlan plan() {
        return plan(CopyMode.STAGED);
    }

    RewindPlan plan(CopyMode mode) {
        return rewind().copyMode(mode).plan();
    }

    @Override
    public void close() {
        source.close();
    }
}
