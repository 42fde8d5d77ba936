package org.pgrewind4j.examples.pgbackrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetContentsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1\n", "99999999\n/data\n1763790000\n5432\n\n\n", "-99999999\n/data\n1763790000\n5432\n\n\n"
            })
    void refusesTheFileOfAnyServer(String content) throws IOException {
        Files.writeString(folder.resolve("postmaster.pid"), content);

        assertThatThrownBy(() -> TargetContents.requireNoServer(folder))
                .isInstanceOf(OptionException.class)
                .hasMessage("unable to restore while PostgreSQL is running\n"
                        + "HINT: 'postmaster.pid' in '" + folder
                        + "' says so, and its server may run in another container or"
                        + " on another host.\n"
                        + "HINT: stop the server where it runs; if 'pg_ctl status' says there that none is running, remove the"
                        + " file, or use --force.")
                .extracting("status")
                .isEqualTo(ExitStatus.SERVER_RUNNING);
    }

    @Test
    void takesWhatAnInterruptedRestoreLeftForNoServers() throws IOException {
        assertThatCode(() -> TargetContents.requireNoServer(folder.resolve("nowhere")))
                .doesNotThrowAnyException();
        Files.writeString(folder.resolve("postmaster.pid"), "-99999999\n/data\n1763790000\n0\n\n\n");

        assertThatCode(() -> TargetContents.requireNoServer(folder)).doesNotThrowAnyException();
    }

    @Test
    void removesAllThatIsSpooled() throws IOException {
        Path spooled = Files.createDirectories(folder.resolve("archive/main/in"));
        Files.writeString(spooled.resolve("file"), "");
        Files.createSymbolicLink(spooled.resolve("link"), folder);

        TargetContents.removeSpooled(folder, "main");
        TargetContents.removeSpooled(folder, "none");

        assertThat(folder.resolve("archive")).isEmptyDirectory();
    }

    @Test
    void saysWhichSpooledDirectoryItMayNotRead() throws IOException {
        Path spooled = Files.createDirectories(folder.resolve("archive/main/in"));
        Files.setPosixFilePermissions(spooled, PosixFilePermissions.fromString("---------"));
        try {
            if (Files.isReadable(spooled)) {
                // The superuser may read all.
                TargetContents.removeSpooled(folder, "main");
                assertThat(folder.resolve("archive")).isEmptyDirectory();
                return;
            }
            assertThatThrownBy(() -> TargetContents.removeSpooled(folder, "main"))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessage(spooled.toString());
        } finally {
            if (Files.exists(spooled)) {
                Files.setPosixFilePermissions(spooled, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }
}
