package org.pgrewind4j.core.internal.area;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.ProblemException;
import org.pgrewind4j.core.RewindException;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.timeline.MalformedHistoryException;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.timeline.Side;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.UnsafePathException;
import org.pgrewind4j.transport.live.LiveServerException;
import org.pgrewind4j.transport.local.DataDirectoryException;
import org.pgrewind4j.wal.MissingWalException;
import org.pgrewind4j.wal.UnsupportedVersionException;
import org.pgrewind4j.wal.WalEndsTooEarlyException;
import org.pgrewind4j.wal.control.ControlFileException;

/**
 * What any failure comes to for whoever has to see to it: which side, which path, what to do. The only place that tells
 * this of the exceptions of the platform and of the readers of formats; what knows its problem itself is a
 * {@link ProblemException} already.
 *
 * <p>The side is taken from what the failure names: a file of the file system lies in the target or does not, and a transport
 * names itself in its errors (see {@code Transport}). Staging writes to the target's file systems alone, so that a full disk
 * is the target's whatever it names.
 */
public final class FailureReason {

    private static final Set<String> NO_ROOM = Set.of("No space left on device", "Disk quota exceeded");

    private final Path target;
    private final String source;

    private FailureReason(Path target, String source) {
        this.target = target;
        this.source = source;
    }

    /** Of work on a target from a source, by the name that it has in messages; empty if there is none. */
    public static FailureReason between(Path target, String source) {
        return new FailureReason(target, source);
    }

    /**
     * What a failure comes to; empty if it was no failure of a side but what a program did wrong.
     *
     * @param failure any failure
     * @param otherwise what to do where the failure does not tell
     */
    public Optional<Problem> find(Throwable failure, String otherwise) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<Problem> found = of(cause);
            if (found.isPresent()) {
                return found;
            }
        }
        boolean isOfSide = failure instanceof IOException || failure instanceof PgRewindException;
        return isOfSide ? Optional.of(io(failure, otherwise)) : Optional.empty();
    }

    private Optional<Problem> of(Throwable cause) {
        if (cause instanceof ProblemException told) {
            return Optional.of(told.problem());
        }
        if (cause instanceof RewindException ended) {
            return ended.problem();
        }
        if (cause instanceof RewindRefusedException refused) {
            return Optional.of(joined(refused.problems()));
        }
        if (cause instanceof DataDirectoryException none) {
            return Optional.of(Problem.of(none));
        }
        if (NO_ROOM.stream().anyMatch(text -> String.valueOf(cause.getMessage()).contains(text))) {
            return Optional.of(problem(
                    Kind.NOT_ENOUGH_DISK,
                    Side.TARGET,
                    file(cause),
                    cause,
                    "make room on that file system and try again."));
        }
        if (cause instanceof NotDirectoryException && file(cause).endsWith(OwnNames.STAGING)) {
            return Optional.of(new Problem(
                    Kind.STAGING_DAMAGED,
                    Side.TARGET,
                    file(cause),
                    "\"" + file(cause) + "\" is not the directory that a rewind stages in",
                    "move it away, and plan again."));
        }
        return ofFormat(cause);
    }

    private Optional<Problem> ofFormat(Throwable cause) {
        Kind kind = kindOfFormat(cause);
        return kind == null
                ? Optional.empty()
                : Optional.of(problem(kind, side(cause), place(cause), cause, cureOf(kind)));
    }

    /** A damaged file of a side that is known, however it is named. */
    public static Problem ofFile(Side side, String place, PgRewindException damaged) {
        Kind kind = kindOfFormat(damaged);
        return kind == null
                ? problem(Kind.UNREADABLE, side, place, damaged, "look at that file, and try again.")
                : problem(kind, side, place, damaged, cureOf(kind));
    }

    private static @Nullable Kind kindOfFormat(Throwable cause) {
        if (cause instanceof ControlFileException) {
            return Kind.CONTROL_FILE_DAMAGED;
        } else if (cause instanceof UnsupportedVersionException) {
            return Kind.UNSUPPORTED_RELEASE;
        } else if (cause instanceof MalformedHistoryException) {
            return Kind.HISTORY_DAMAGED;
        } else if (cause instanceof SourceChangedException) {
            return Kind.SOURCE_CHANGED;
        } else if (cause instanceof LiveServerException || cause instanceof UnsafePathException) {
            return Kind.SOURCE_UNUSABLE;
        } else if (cause instanceof MissingWalException) {
            return Kind.WAL_MISSING_FOR_SCAN;
        } else if (cause instanceof WalEndsTooEarlyException) {
            return Kind.WAL_ENDS_EARLY;
        }
        return null;
    }

    private static String cureOf(Kind kind) {
        return switch (kind) {
            case CONTROL_FILE_DAMAGED -> "re-create that data directory from a base backup.";
            case HISTORY_DAMAGED -> "restore the file from the WAL archive.";
            case SOURCE_CHANGED -> "let nothing write to the source, and plan again.";
            default -> "look at the source and its log, and try again.";
        };
    }

    private Problem io(Throwable failure, String otherwise) {
        Side side = side(failure);
        String cure = failure instanceof AccessDeniedException
                ? "run as the user that the data directory belongs to."
                : otherwise;
        return problem(
                side == Side.SOURCE ? Kind.SOURCE_UNUSABLE : Kind.UNREADABLE, side, place(failure), failure, cure);
    }

    private static Problem problem(Kind kind, Side side, String place, Throwable failure, String cure) {
        return new Problem(
                kind,
                side,
                place,
                PgRewindException.withoutHint(failure),
                PgRewindException.hint(failure).orElse(cure));
    }

    /** What the failure names; the target if it names neither. */
    private Side side(Throwable failure) {
        String file = file(failure);
        if (!file.isEmpty() && Path.of(file).startsWith(target)) {
            return Side.TARGET;
        }
        boolean isOfSource = failure instanceof SourceChangedException
                || failure instanceof LiveServerException
                || failure instanceof UnsafePathException
                || (!source.isEmpty() && PgRewindException.describe(failure).contains(source));
        return isOfSource ? Side.SOURCE : Side.TARGET;
    }

    private String place(Throwable failure) {
        if (failure instanceof UnsafePathException unsafe) {
            return unsafe.path();
        }
        if (failure instanceof MalformedHistoryException history) {
            return history.file();
        }
        String file = file(failure);
        return !file.isEmpty() ? file : side(failure) == Side.SOURCE ? source : target.toString();
    }

    private static String file(Throwable failure) {
        return failure instanceof FileSystemException of && of.getFile() != null ? of.getFile() : "";
    }

    /** All that several problems say, as one. */
    private static Problem joined(List<Problem> problems) {
        Problem first = problems.get(0);
        return problems.size() == 1
                ? first
                : new Problem(
                        first.kind(),
                        first.side(),
                        first.place(),
                        String.join(
                                "; ", problems.stream().map(Problem::message).toList()),
                        String.join(
                                " ",
                                problems.stream().map(Problem::cure).distinct().toList()));
    }
}
