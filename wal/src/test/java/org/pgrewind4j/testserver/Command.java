package org.pgrewind4j.testserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs programs in an environment that does not depend on who runs the tests. */
final class Command {

    private Command() {}

    static CommandResult run(List<String> command, String name) {
        return run(command, Map.of(), name);
    }

    static CommandResult run(List<String> command, Map<String, String> environment, String name) {
        try {
            ProcessBuilder builder = builder(command);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<String> stderr =
                    CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Command::onThread);
            String stdout = text(process.getInputStream());
            return new CommandResult(name, process.waitFor(), stdout, stderr.join());
        } catch (IOException e) {
            throw new TestServerException("could not run " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            throw TestServerException.interrupted("running " + name, e);
        }
    }

    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
        // The working directory may be one that the servers' account cannot enter.
        return builder.directory(Path.of("/").toFile());
    }

    private static void onThread(Runnable task) {
        Thread thread = new Thread(task, "command-stderr");
        thread.setDaemon(true);
        thread.start();
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
