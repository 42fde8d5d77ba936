package org.pgrewind4j.transport.live;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.timeline.VisibleText;
import org.pgrewind4j.transport.SourceProblem;

/** What a running server must have and allow, asked in one query. */
final class LivePermissions {

    static final int FIELDS = 4;

    private static final int FIRST_WITH_GRANTS = 11;
    private static final int FIRST_STANDBY = 14;
    private static final int OLDEST_VERSION = 90_600;

    static final String QUERY = """
            SELECT current_setting('full_page_writes'), current_user::text,
                   (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
                   (SELECT coalesce(string_agg(f, ', '), '')
                      FROM (VALUES ('pg_ls_dir(text, boolean, boolean)'), ('pg_stat_file(text, boolean)'),
                                   ('pg_read_binary_file(text, bigint, bigint, boolean)')) AS functions (f)
                     WHERE NOT has_function_privilege(f, 'EXECUTE'))""";

    private LivePermissions() {}

    static List<SourceProblem> problems(CopyOutReader row, ServerIdentity facts, String description)
            throws IOException {
        List<SourceProblem> problems = new ArrayList<>();
        if (facts.version() < OLDEST_VERSION) {
            problems.add(new SourceProblem(
                    SourceProblem.Kind.UNSUPPORTED_RELEASE,
                    description + " is too old: expected PostgreSQL 9.6 or later, found server_version_num "
                            + facts.version(),
                    "use a release that is supported."));
        } else if (facts.inRecovery() && facts.major() < FIRST_STANDBY) {
            problems.add(new SourceProblem(
                    SourceProblem.Kind.UNSUPPORTED_RELEASE,
                    description + " is a standby: expected a primary, or a standby of PostgreSQL " + FIRST_STANDBY
                            + " or later, found " + facts.major(),
                    "use the primary, or stop the standby and use its data directory."));
        }
        String fullPageWrites = VisibleText.of(row.text(0));
        if (!fullPageWrites.equals("on")) {
            problems.add(new SourceProblem(
                    SourceProblem.Kind.FULL_PAGE_WRITES_OFF,
                    "\"full_page_writes\" must be enabled in the source server: " + description
                            + ": expected \"on\", found \"" + fullPageWrites + "\"",
                    "set full_page_writes = on on the source, reload, and run CHECKPOINT there."));
        }
        addMissingRights(problems, row, facts, description);
        return List.copyOf(problems);
    }

    private static void addMissingRights(
            List<SourceProblem> problems, CopyOutReader row, ServerIdentity facts, String description)
            throws IOException {
        String role = VisibleText.of(row.text(1));
        String missing = VisibleText.of(row.text(3));
        if (facts.major() < FIRST_WITH_GRANTS && !row.bool(2)) {
            problems.add(new SourceProblem(
                    SourceProblem.Kind.NOT_PERMITTED,
                    "role \"" + role + "\" of " + description + " is not a superuser, which alone may read files before"
                            + " PostgreSQL " + FIRST_WITH_GRANTS,
                    "connect as a superuser."));
        } else if (!missing.isEmpty()) {
            problems.add(new SourceProblem(
                    SourceProblem.Kind.NOT_PERMITTED,
                    "role \"" + role + "\" of " + description + " may not execute " + missing,
                    "run on the source, in the database that is connected to: GRANT EXECUTE ON FUNCTION "
                            + missing + " TO "
                            + "\"" + role.replace("\"", "\"\"") + "\";"));
        }
    }
}
