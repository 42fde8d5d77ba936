package org.pgrewind4j.wal.record;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ends and preparations of transactions in one form, whether they were read here or by {@code pg_waldump} 15. */
public final class TransactionText {

    private static final Pattern LINE = Pattern.compile(
            "rmgr: Transaction .* tx: +(\\d+), lsn: .*, desc: (COMMIT|PREPARE|ABORT|COMMIT_PREPARED|ABORT_PREPARED)"
                    + " (?:gid (.*): )?(?:(\\d+): )?(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}) [^ ;]+(.*)");
    private static final Pattern FILE =
            Pattern.compile("(?:base|(global)|pg_tblspc/(\\d+)/PG_\\w+)(?:/(\\d+))?/(\\d+)(?= |$)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private TransactionText() {}

    public static String of(TransactionRecord transaction) {
        return transaction.kind() + " " + transaction.xid() + " "
                + transaction.gid().filter(gid -> transaction.kind() == TransactionRecord.Kind.PREPARE)
                + " " + transaction.time()
                + " removed " + sorted(transaction.droppedRelations())
                + " created " + sorted(transaction.createdRelations())
                + " subtransactions " + transaction.subtransactions();
    }

    public static Stream<String> ofPgWaldump(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Stream.empty();
        }
        String prepared = matcher.group(4);
        Instant time = LocalDateTime.parse(matcher.group(5), TIME)
                .atZone(ZoneId.systemDefault())
                .toInstant();
        String parts = matcher.group(6);
        return Stream.of(matcher.group(2) + " " + (prepared == null ? matcher.group(1) : prepared) + " "
                + Optional.ofNullable(matcher.group(3))
                + " " + time
                + " removed " + files(part(parts, "rels(?:\\(commit\\))?"))
                + " created " + files(part(parts, "rels\\(abort\\)"))
                + " subtransactions " + numbers(part(parts, "subxacts")));
    }

    private static String part(String parts, String name) {
        Matcher matcher = Pattern.compile("; " + name + ":([^;]*)").matcher(parts);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static List<String> files(String paths) {
        return sorted(
                FILE.matcher(paths).results().map(TransactionText::relation).toList());
    }

    private static String relation(MatchResult file) {
        if (file.group(1) != null) {
            return "1664/0/" + file.group(4);
        }
        return (file.group(2) == null ? "1663" : file.group(2)) + "/" + file.group(3) + "/" + file.group(4);
    }

    private static List<String> sorted(List<?> relations) {
        return relations.stream().map(Object::toString).sorted().collect(Collectors.toList());
    }

    private static List<Long> numbers(String text) {
        return Pattern.compile("\\d+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .map(Long::valueOf)
                .toList();
    }
}
