package org.pgrewind4j.examples.pgbackrest;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.transport.pgbackrest.BackrestException;

/** Which exit status says best what went wrong. */
final class Failure {

    private static final Map<Problem.Kind, ExitStatus> STATUSES = Map.ofEntries(
            Map.entry(Problem.Kind.TARGET_RUNNING, ExitStatus.SERVER_RUNNING),
            Map.entry(Problem.Kind.TARGET_NOT_A_CLUSTER, ExitStatus.PATH_NOT_EMPTY),
            Map.entry(Problem.Kind.TABLESPACE_LOCATION_IN_USE, ExitStatus.PATH_NOT_EMPTY),
            Map.entry(Problem.Kind.UNKNOWN_TABLESPACE, ExitStatus.TABLESPACE_MAP),
            Map.entry(Problem.Kind.TABLESPACE_MAPPED_TWICE, ExitStatus.TABLESPACE_MAP),
            Map.entry(Problem.Kind.RECOVERY_TARGET_UNREACHABLE, ExitStatus.DATABASE_MISMATCH),
            Map.entry(Problem.Kind.RECOVERY_SETTINGS, ExitStatus.OPTION_INVALID),
            Map.entry(Problem.Kind.DIFFERENT_SYSTEM, ExitStatus.BACKUP_MISMATCH),
            Map.entry(Problem.Kind.DIFFERENT_RELEASE, ExitStatus.BACKUP_MISMATCH),
            Map.entry(Problem.Kind.OTHER_REWIND_INTERRUPTED, ExitStatus.LOCK),
            Map.entry(Problem.Kind.NOT_ENOUGH_DISK, ExitStatus.FILE_WRITE),
            Map.entry(Problem.Kind.SOURCE_UNUSABLE, ExitStatus.BACKUP_SET_INVALID));

    private Failure() {}

    static ExitStatus status(Problem problem) {
        return STATUSES.getOrDefault(problem.kind(), ExitStatus.RUNTIME);
    }

    /** The first cause that says something decides. */
    static ExitStatus status(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BackrestException) {
                return ExitStatus.CHECKSUM;
            } else if (cause instanceof NoSuchFileException) {
                return ExitStatus.FILE_MISSING;
            } else if (cause instanceof AccessDeniedException) {
                return ExitStatus.FILE_OPEN;
            }
        }
        return failure instanceof IllegalArgumentException ? ExitStatus.OPTION_INVALID_VALUE : ExitStatus.RUNTIME;
    }
}
