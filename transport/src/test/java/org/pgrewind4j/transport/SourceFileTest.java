package org.pgrewind4j.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceFileTest {

    private static final DataPath TABLESPACE = DataPath.of("pg_tblspc/16400");
    private static final DataPath PATH = DataPath.of("postgresql.conf");

    @Test
    void holdsWhatFitsTheType() {
        assertThat(SourceFile.file(PATH, 5)).isEqualTo(new SourceFile(PATH, SourceFile.Type.FILE, 5, ""));
        assertThatThrownBy(() -> SourceFile.file(PATH, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("size of FILE \"postgresql.conf\": -1");
        assertThatThrownBy(() -> new SourceFile(PATH, SourceFile.Type.DIRECTORY, 1, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SourceFile(PATH, SourceFile.Type.FILE, 1, "/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("link target of FILE \"postgresql.conf\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere", "", "/", "//srv", "/srv/../etc", "/srv/./x", "/srv/", "../x", "/srv//x"})
    void wantsTablespacesAtPlainAbsolutePaths(String target) {
        assertThatThrownBy(() -> SourceFile.symlink(TABLESPACE, target))
                .isInstanceOf(UnsafePathException.class)
                .hasMessageStartingWith(
                        "unsafe path \"" + target + "\": target of the symbolic link \"pg_tblspc/16400\" is ");
    }

    @Test
    void takesTablespacesAndOtherLinks() {
        assertThat(SourceFile.symlink(TABLESPACE, "/srv/space").linkTarget()).isEqualTo("/srv/space");
        assertThat(SourceFile.symlink(PATH, "../etc/postgresql.conf").linkTarget())
                .isEqualTo("../etc/postgresql.conf");
    }

    @Test
    void refusesTargetsThatNoLinkOfAClusterHas() {
        assertThatThrownBy(() -> SourceFile.symlink(PATH, "a\nb"))
                .hasMessage("unsafe path \"a\\u000Ab\": target of the symbolic link \"postgresql.conf\" holds a control"
                        + " character");
        assertThatThrownBy(() -> SourceFile.symlink(PATH, "x".repeat(1024)))
                .hasMessageEndingWith(
                        "target of the symbolic link \"postgresql.conf\" is empty or longer than 1023 characters");
    }
}
