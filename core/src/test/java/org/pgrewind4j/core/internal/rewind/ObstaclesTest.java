package org.pgrewind4j.core.internal.rewind;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObstaclesTest {

    @Test
    void knowsWhereSomethingIsMounted(@TempDir Path folder) throws IOException {
        Path place = Files.createDirectory(folder.toRealPath().resolve("mount pöint"));
        Files.createSymbolicLink(folder.resolve("link"), place.getParent());
        String name = place.toString().replace(" ", "\\040").replace("ö", "\\303\\266");
        Obstacles obstacles = Obstacles.of("""
                22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
                36 22 98:0 /mnt1 %s rw,noatime master:1 - ext3 /dev/root rw,errors=continue
                """.replace("%s", name));

        assertThat(obstacles.isMountPoint(place)).isTrue();
        assertThat(obstacles.isMountPoint(folder.resolve("link/mount pöint"))).isTrue();
        assertThat(obstacles.isMountPoint(place.resolveSibling("mount"))).isFalse();
        assertThat(obstacles.isMountPoint(Path.of("/"))).isTrue();
    }

    @Test
    void readsTheMountsOfThisMachine() throws IOException {
        assertThat(Obstacles.now().isMountPoint(Path.of("/proc"))).isTrue();
    }

    @Test
    void filesOfNobodyInParticularAreNotFixed(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        file.toFile().setReadOnly();

        assertThat(Obstacles.isFixed(file)).isFalse();
        assertThat(Obstacles.isFixed(folder.resolve("missing"))).isFalse();
    }
}
