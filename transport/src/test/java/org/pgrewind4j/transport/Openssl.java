package org.pgrewind4j.transport;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Makes keys and certificates in a folder as users do. Tests are skipped where the program is not installed. */
public final class Openssl {

    private final Path folder;

    public Openssl(Path folder) {
        boolean isInstalled = List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).stream()
                .anyMatch(place -> Files.isExecutable(Path.of(place, "openssl")));
        assumeThat(isInstalled).as("openssl is installed").isTrue();
        this.folder = folder;
    }

    /** Runs the program with arguments that hold no blanks, in the folder; files of keys are made private. */
    public Openssl run(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        try (var keys = Files.newDirectoryStream(folder, "*.key")) {
            for (Path key : keys) {
                Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
            }
        }
        return this;
    }

    /** Makes a key and a certificate that signs itself. */
    public Openssl authority(String name) throws IOException, InterruptedException {
        return run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=" + name
                + " -keyout " + name + ".key -out " + name + ".crt");
    }

    /** Makes a key and a certificate signed by an authority, for a host of that name too. */
    public Openssl certificate(String name, String commonName, String authority)
            throws IOException, InterruptedException {
        Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=DNS:" + commonName + "\n");
        run("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + commonName + " -keyout " + name
                + ".key -out " + name + ".csr");
        return run("x509 -req -days 9 -CA " + authority + ".crt -CAkey " + authority + ".key -CAcreateserial -extfile "
                + name + ".ext -in " + name + ".csr -out " + name + ".crt");
    }

    /** Makes a list of what an authority has revoked. */
    public Openssl revocations(String file, String authority, List<String> revoked)
            throws IOException, InterruptedException {
        Files.writeString(folder.resolve("ca.cnf"), """
                [ca]
                default_ca=here
                [here]
                database=index.txt
                default_md=sha256
                default_crl_days=9
                """);
        Files.writeString(folder.resolve("index.txt"), "");
        for (String name : revoked) {
            run("ca -config ca.cnf -cert " + authority + ".crt -keyfile " + authority + ".key -revoke " + name
                    + ".crt");
        }
        return run("ca -config ca.cnf -cert " + authority + ".crt -keyfile " + authority + ".key -gencrl -out " + file);
    }
}
