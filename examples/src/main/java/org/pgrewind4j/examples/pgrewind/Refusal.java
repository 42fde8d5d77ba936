package org.pgrewind4j.examples.pgrewind;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.pgrewind4j.core.Problem;

/** Says why a target is not rewound: in the original's words where it has such, for scripts look at them. */
final class Refusal {

    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");

    private final Messages messages;
    private final String target;

    Refusal(Messages messages, String target) {
        this.messages = messages;
        this.target = target;
    }

    void tell(List<Problem> problems) {
        Set<String> told = new HashSet<>();
        for (Problem problem : problems) {
            Optional<String> known = known(problem);
            if (known.isPresent() && !told.add(known.get())) {
                messages.detail(problem.message());
                continue;
            }
            if (problem.kind() == Problem.Kind.WAL_MISSING_FOR_SCAN) {
                // High-availability managers read the name of the file out of this line, and fetch it.
                SEGMENT.matcher(problem.message())
                        .results()
                        .map(MatchResult::group)
                        .distinct()
                        .forEach(segment -> messages.error("could not open file \"" + target + "/pg_wal/" + segment
                                + "\": No such file or directory"));
                messages.detail(problem.message());
            } else {
                messages.error(known.orElse(problem.message()));
                known.ifPresent(words -> messages.detail(problem.message()));
            }
            messages.hint(cure(problem));
        }
    }

    /** What helps, in this command's own terms. */
    private static String cure(Problem problem) {
        return switch (problem.kind()) {
            case NEW_TABLESPACE_LOCATION ->
                "Use --tablespace-mapping=OLDDIR=NEWDIR to place it elsewhere, or --tablespace-root=DIRECTORY to allow new"
                        + " tablespaces below that directory.";
            case WAL_MISSING_FOR_REPLAY ->
                "Bring the segments back into the source's WAL directory, or name an archive that has them with"
                        + " --wal-archive=DIRECTORY.";
            default ->
                problem.cure()
                        .replace("Compare.NEEDED", "--compare=needed")
                        .replace(", or copy in place, which needs less", "");
        };
    }

    private static Optional<String> known(Problem problem) {
        return Optional.ofNullable(
                switch (problem.kind()) {
                    case DIFFERENT_SYSTEM -> "source and target clusters are from different systems";
                    case DIFFERENT_RELEASE -> "clusters are not compatible with this version of pg_rewind";
                    case HINT_BITS_NOT_LOGGED ->
                        "target server needs to use either data checksums or \"wal_log_hints = on\"";
                    case TARGET_RUNNING -> "target server must be shut down cleanly";
                    case SOURCE_NOT_STOPPED -> "source data directory must be shut down cleanly";
                    case FULL_PAGE_WRITES_OFF -> "\"full_page_writes\" must be enabled in the source server";
                    case NO_COMMON_HISTORY ->
                        "could not find common ancestor of the source and target cluster's timelines";
                    default -> null;
                });
    }
}
