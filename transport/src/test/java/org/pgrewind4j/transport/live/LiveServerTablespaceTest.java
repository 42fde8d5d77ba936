package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.testserver.PostgresServer;
import org.pgrewind4j.testserver.ServerRelease;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.Transport;

@Tag("server")
class LiveServerTablespaceTest {

    @ParameterizedTest
    @ValueSource(strings = {"15", "16", "17", "18"})
    void listsInPlaceTablespacesAsDirectories(String release) throws IOException {
        try (PostgresServer server = PostgresServer.builder(ServerRelease.of(release))
                .setting("allow_in_place_tablespaces", "on")
                .build()) {
            server.initialize();
            server.start();
            LiveSource.createRole(server);
            server.execute("CREATE TABLESPACE here LOCATION ''", "CREATE TABLE t TABLESPACE here AS SELECT 1 AS one");
            DataPath tablespace =
                    DataPath.of("pg_tblspc/" + server.value("SELECT oid FROM pg_tablespace WHERE spcname = 'here'"));
            DataPath table = DataPath.of(server.value("SELECT pg_relation_filepath('t')"));
            List<SourceFile> listed = new ArrayList<>();
            try (Transport transport = LiveServerTransport.ofJdbcUrl(LiveSource.url(server), new Properties())
                    .open()) {
                transport.list(Set.of(), listed::add);
            }
            assertThat(listed).contains(SourceFile.directory(tablespace));
            assertThat(listed.stream().map(SourceFile::path)).contains(table);
            assertThat(table.startsWith(tablespace)).isTrue();
        }
    }
}
