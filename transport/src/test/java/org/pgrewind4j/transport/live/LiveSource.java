package org.pgrewind4j.transport.live;

import java.util.List;
import org.pgrewind4j.testserver.PostgresServer;

/** How tests reach a running server: by a role that has what the manual says it needs, and no more. */
public final class LiveSource {

    public static final String ROLE = "rewind_user";

    private LiveSource() {}

    /** Makes the role from 11 on. */
    static final List<String> CREATE_ROLE = List.of(
            "CREATE ROLE " + ROLE + " LOGIN",
            "GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),"
                    + " pg_read_binary_file(text, bigint, bigint, boolean) TO " + ROLE);

    /** Makes the role: a superuser before 11, whose functions for files check for that. */
    public static void createRole(PostgresServer server) {
        if (server.release().isAtLeast(11)) {
            CREATE_ROLE.forEach(server::execute);
        } else {
            server.execute("CREATE ROLE " + ROLE + " LOGIN SUPERUSER");
        }
    }

    static String url(PostgresServer server) {
        return url(server.port());
    }

    static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + ROLE + "&sslmode=disable&gssEncMode=disable";
    }
}
