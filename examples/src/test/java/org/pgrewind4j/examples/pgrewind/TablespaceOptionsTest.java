package org.pgrewind4j.examples.pgrewind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TablespaceOptionsTest {

    private static Options options(String... more) throws UsageException {
        String[] all = new String[more.length + 2];
        all[0] = "-Da";
        all[1] = "--source-pgdata=b";
        System.arraycopy(more, 0, all, 2, more.length);
        return Options.parse(all);
    }

    @Test
    void takesSeveralOfEach() throws UsageException {
        TablespaceOptions options = options(
                        "--tablespace-mapping=/a=/b/",
                        "--tablespace-root=/srv",
                        "--tablespace-mapping",
                        "/with\\=sign=/c",
                        "--tablespace-root=/mnt")
                .tablespaces();

        assertThat(options.mapping())
                .isEqualTo(Map.of(Path.of("/a"), Path.of("/b"), Path.of("/with=sign"), Path.of("/c")));
        assertThat(options.roots()).isEqualTo(List.of(Path.of("/srv"), Path.of("/mnt")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a=", "=/b", "/a=/b=/c", ""})
    void refusesWhatIsNoMapping(String text) {
        assertThatThrownBy(() -> options("--tablespace-mapping=" + text))
                .isInstanceOf(UsageException.class)
                .hasMessage("error: invalid tablespace mapping format \"" + text + "\", must be \"OLDDIR=NEWDIR\"");
    }

    @Test
    void refusesRelativeDirectories() {
        assertThatThrownBy(() -> options("--tablespace-mapping=/a=b"))
                .isInstanceOf(UsageException.class)
                .hasMessage("error: directory of a tablespace is not an absolute path: \"b\"");
        assertThatThrownBy(() -> options("--tablespace-root=srv"))
                .isInstanceOf(UsageException.class)
                .hasMessage("error: directory of a tablespace is not an absolute path: \"srv\"");
    }
}
