package org.pgrewind4j.examples.pgrewind;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Loads the classes that the command needs, and does nothing with them. The launcher runs it once, for the JVM to write an
 * archive of what is loaded, from which the command then starts.
 */
final class Rehearsal {

    private Rehearsal() {}

    /** Fails if a class cannot be loaded, so that no archive comes of it. */
    public static void main(String[] args) throws IOException, ReflectiveOperationException, URISyntaxException {
        for (Class<?> anchor : List.of(PgRewind.class, Rewind.class, Transport.class, ControlFile.class, Lsn.class)) {
            load(anchor);
        }
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        try {
            // As far as one gets without a cluster: to a server that is not there, and to a directory that is none.
            String nobody = "--source-server=host=127.0.0.1 port=1 user=nobody dbname=postgres";
            new RewindJob(Options.parse("-D", "/", nobody, "--json", "-P"), new Messages(nowhere), nowhere).run();
            new RewindJob(Options.parse("-D", "/", "--source-pgdata=/"), new Messages(nowhere), nowhere).run();
        } catch (UsageException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Loads all classes that lie in the same archive and package as one, or in packages below. */
    private static void load(Class<?> anchor) throws IOException, ReflectiveOperationException, URISyntaxException {
        Path jar = Path.of(
                anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
        String packageFolder = anchor.getPackageName().replace('.', '/') + "/";
        List<String> names;
        try (JarFile file = new JarFile(jar.toFile())) {
            names = file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith(packageFolder) && name.endsWith(".class"))
                    .filter(name -> !name.endsWith("-info.class"))
                    .toList();
        }
        for (String name : names) {
            String className =
                    name.substring(0, name.length() - ".class".length()).replace('/', '.');
            Class.forName(className, false, anchor.getClassLoader());
        }
    }
}
