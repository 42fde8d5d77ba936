package org.pgrewind4j.core.internal.area;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgrewind4j.core.Durability;
import org.pgrewind4j.core.internal.files.LocalFileOperations;
import org.pgrewind4j.timeline.PgRewindException;

class TargetLockTest {

    @TempDir
    Path target;

    private static TargetLock acquire(Path target) throws IOException {
        return TargetLock.acquire(target, new LocalFileOperations(target, Durability.SYNC));
    }

    @Test
    void keepsASecondRewindOff() throws IOException {
        try (TargetLock lock = acquire(target)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> acquire(target))
                    .isInstanceOf(PgRewindException.class)
                    .hasMessage("another rewind works on \"" + target + "\"\nHINT: wait until it is done.");
        }
        acquire(target).close();
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void keepsARewindOfAnotherProcessOff() throws IOException, InterruptedException {
        Path file = target.resolve("pgrewind4j.lock");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        target.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('!');
            assertThatThrownBy(() -> acquire(target)).hasMessageStartingWith("another rewind works on");
        } finally {
            other.destroyForcibly().waitFor();
        }
        // The file stays behind when its process is killed, and locks nobody out.
        assertThat(file).exists();
        acquire(target).close();
        assertThat(file).doesNotExist();
    }

    /** Takes the lock and keeps it until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        @SuppressWarnings("try") // The lock is held, not used.
        public static void main(String[] args) throws IOException, InterruptedException {
            try (TargetLock lock = acquire(Path.of(args[0]))) {
                System.out.print('!');
                System.out.flush();
                Thread.sleep(Long.MAX_VALUE);
            }
        }
    }

    @Test
    void leavesAForeignLockFileThatIsFreeToTheNext() throws IOException {
        Files.createFile(target.resolve("pgrewind4j.lock"));
        try (FileChannel unlocked = FileChannel.open(target.resolve("pgrewind4j.lock"), StandardOpenOption.READ)) {
            assertThat(unlocked.isOpen()).isTrue();
            acquire(target).close();
        }
    }
}
