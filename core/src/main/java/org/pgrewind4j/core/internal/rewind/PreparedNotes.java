package org.pgrewind4j.core.internal.rewind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pgrewind4j.core.report.PreparedBefore;

/** What a reader must know of transactions that were prepared before the divergence, in sentences. */
final class PreparedNotes {

    private static final int MOST_NAMES = 10;

    private PreparedNotes() {}

    static List<String> of(List<PreparedBefore> all) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (PreparedBefore one : all) {
            names.computeIfAbsent(what(one), unused -> new ArrayList<>()).add(name(one));
        }
        List<String> notes = new ArrayList<>();
        names.forEach((what, which) -> notes.add("Prepared before the divergence, " + what + ": "
                + which.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                + (which.size() > MOST_NAMES ? " and " + (which.size() - MOST_NAMES) + " more" : "") + "."));
        return notes;
    }

    private static String what(PreparedBefore one) {
        String onTarget = one.isCommitted() ? "committed" : "rolled back";
        String otherwise = one.isCommitted() ? "rolled back" : "committed";
        return switch (one.fate()) {
            case ENDED_ALIKE -> onTarget + " on both sides, so that nothing changes";
            case ENDED_OTHERWISE -> onTarget + " on the target and " + otherwise + " on the source, which counts";
            case OPEN_AGAIN ->
                onTarget + " on the target, not ended on the source: after a rewind open again, with its locks";
            case UNKNOWN ->
                onTarget + " on the target; whether the source ended it too, or it is open again after a rewind, with"
                        + " its locks, cannot be told";
        };
    }

    private static String name(PreparedBefore one) {
        return "transaction " + one.end().xid()
                + one.end().gid().map(gid -> " \"" + gid + "\"").orElse("");
    }
}
