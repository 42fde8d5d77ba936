package org.pgrewind4j.examples.pgbackrest;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.RewindCancelledException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindRefusedException;
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
            Map.entry(Problem.Kind.DIFFERENT_LAYOUT, ExitStatus.BACKUP_MISMATCH),
            Map.entry(Problem.Kind.REWIND_AT_WORK, ExitStatus.LOCK),
            Map.entry(Problem.Kind.NOT_ENOUGH_DISK, ExitStatus.FILE_WRITE),
            Map.entry(Problem.Kind.UNWRITABLE_PATH, ExitStatus.FILE_WRITE),
            Map.entry(Problem.Kind.UNREADABLE, ExitStatus.FILE_OPEN),
            Map.entry(Problem.Kind.TARGET_MISSING, ExitStatus.PATH_MISSING),
            Map.entry(Problem.Kind.UNEXPECTED_LINK, ExitStatus.LINK_DESTINATION),
            Map.entry(Problem.Kind.CONTROL_FILE_DAMAGED, ExitStatus.CHECKSUM),
            Map.entry(Problem.Kind.VERIFICATION_FAILED, ExitStatus.CHECKSUM),
            Map.entry(Problem.Kind.UNSUPPORTED_RELEASE, ExitStatus.VERSION_NOT_SUPPORTED),
            Map.entry(Problem.Kind.STAGING_DAMAGED, ExitStatus.FORMAT),
            Map.entry(Problem.Kind.SOURCE_CHANGED, ExitStatus.FILE_READ),
            Map.entry(Problem.Kind.SOURCE_UNUSABLE, ExitStatus.BACKUP_SET_INVALID));

    private Failure() {}

    static ExitStatus status(Problem problem) {
        return STATUSES.getOrDefault(problem.kind(), ExitStatus.RUNTIME);
    }

    /** The first cause that says something decides. */
    static ExitStatus status(Throwable failure) {
        if (failure instanceof RewindCancelledException) {
            return ExitStatus.TERM;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<ExitStatus> ofProblem =
                    problem(cause).map(Failure::status).filter(status -> status != ExitStatus.RUNTIME);
            Optional<ExitStatus> known = ofProblem.isPresent() ? ofProblem : ofFile(cause);
            if (known.isPresent()) {
                return known.get();
            }
        }
        return failure instanceof IllegalArgumentException ? ExitStatus.OPTION_INVALID_VALUE : ExitStatus.RUNTIME;
    }

    /** The first reason that is typed. */
    private static Optional<Problem> problem(Throwable failure) {
        if (failure instanceof RewindRefusedException refused) {
            return refused.problems().stream().findFirst();
        } else if (failure instanceof ProblemException known) {
            return Optional.of(known.problem());
        }
        return failure instanceof RewindException ended ? ended.problem() : Optional.empty();
    }

    private static Optional<ExitStatus> ofFile(Throwable failure) {
        if (failure instanceof GeneralSecurityException) {
            return Optional.of(ExitStatus.CRYPTO);
        } else if (failure instanceof BackrestException) {
            return Optional.of(
                    failure.getCause() instanceof GeneralSecurityException ? ExitStatus.CRYPTO : ExitStatus.CHECKSUM);
        } else if (failure instanceof NoSuchFileException) {
            return Optional.of(ExitStatus.FILE_MISSING);
        } else if (failure instanceof AccessDeniedException) {
            return Optional.of(ExitStatus.FILE_OPEN);
        }
        return failure instanceof FileAlreadyExistsException ? Optional.of(ExitStatus.FILE_EXISTS) : Optional.empty();
    }
}
