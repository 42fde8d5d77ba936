package org.pgrewind4j.examples.pgrewind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgrewind4j.core.archive.RestoreCommand;
import org.pgrewind4j.core.archive.RestoredWal;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.Transport;
import org.pgrewind4j.transport.archive.WalArchive;
import org.pgrewind4j.transport.live.LiveServerBuilder;
import org.pgrewind4j.transport.live.LiveServerTransport;
import org.pgrewind4j.transport.local.LocalDirectoryTransport;

/** Opens what a rewind reads, as the options say. */
final class Inputs {

    private final Options options;
    private final Messages messages;

    Inputs(Options options, Messages messages) {
        this.options = options;
        this.messages = messages;
    }

    /** The archive, empty unless it is to be used; the caller closes it. */
    Optional<RestoredWal> archive() throws IOException, UsageException {
        if (!options.restoresWal()) {
            return Optional.empty();
        }
        Path target = options.target();
        Optional<RestoreCommand> configured = options.configFile().isPresent()
                ? RestoreCommand.configured(target, options.configFile().get())
                : RestoreCommand.configured(target);
        RestoreCommand command =
                configured.orElseThrow(() -> new IOException("restore_command is not set in the target cluster"));
        if (options.isDebug()) {
            messages.debug("using for rewind restore_command = '" + command + "'");
        }
        RestoredWal wal =
                options.restoreTimeout().map(command::timeout).orElse(command).open(target);
        // An interrupted command must not leave the archive's WAL in the target.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(wal), "remove-restored-wal"));
        return Optional.of(wal);
    }

    /** The archives in directories. */
    List<WalArchive> walArchives() throws IOException {
        List<WalArchive> archives = new ArrayList<>();
        for (Path directory : options.walArchives()) {
            if (!Files.isDirectory(directory)) {
                throw new IOException("could not open directory \"" + directory + "\" of --wal-archive");
            }
            archives.add(WalArchive.of(directory));
        }
        return archives;
    }

    private void remove(RestoredWal wal) {
        try {
            wal.close();
        } catch (IOException e) {
            messages.warning("could not remove what was restored: " + e.getMessage());
        }
    }

    /** The source, which the caller closes. */
    Transport source() throws IOException, UsageException {
        if (options.sourceDirectory().isPresent()) {
            Path directory = options.sourceDirectory().get();
            Path controlFile = DataPath.CONTROL_FILE.in(directory);
            if (Files.notExists(controlFile)) {
                throw new NoSuchFileException(controlFile.toString());
            }
            return LocalDirectoryTransport.open(directory);
        }
        LiveServerBuilder builder =
                LiveServerTransport.ofConnectionString(options.sourceServer().orElseThrow());
        options.jobs().ifPresent(builder::connections);
        options.statementTimeout()
                .ifPresent(time -> builder.timeouts(builder.timeouts().withStatement(time)));
        options.timeout().ifPresent(time -> builder.timeouts(builder.timeouts().withOverall(time)));
        LiveServerTransport server = builder.open();
        if (options.showsProgress()) {
            messages.info("connected to server");
        }
        return server;
    }
}
