package org.pgrewind4j.examples.pgbackrest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.pgbackrest.BackrestBackup;
import org.pgrewind4j.transport.pgbackrest.BackrestRepository;
import org.pgrewind4j.transport.pgbackrest.BackupSummary;

/**
 * Chooses a backup out of all repositories: the one that is named, else for a time or a position the newest that was complete
 * before, else the newest of the first repository that has any (pgBackRest 2.45: {@code src/command/restore/restore.c},
 * {@code restoreBackupSet}).
 */
final class BackupChoice {

    private static final Path DEFAULT_REPOSITORY = Path.of("/var/lib/pgbackrest");
    private static final Pattern TIME = Pattern.compile(
            "([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(?:[,.][0-9]{1,6})?([+-][0-9]{2}(?::?[0-9]{2})?)?");
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    private final RestoreOptions options;
    private final Log log;

    BackupChoice(RestoreOptions options, Log log) {
        this.options = options;
        this.log = log;
    }

    /**
     * A backup.
     *
     * @param repository the number of its repository
     * @param backup the caller closes it
     */
    record Chosen(int repository, BackrestBackup backup) {}

    Chosen open() throws OptionException, IOException {
        Optional<String> label = options.value("set");
        String type = options.type();
        Predicate<BackupSummary> isWanted = backup -> true;
        String missing = "no backup set found to restore";
        boolean isSearched = true; // Rather than the newest, whatever it is.
        if (label.isPresent()) {
            isWanted = backup -> backup.label().equals(label.get());
            missing = "backup set " + label.get() + " is not valid";
        } else if (type.equals("time")) {
            Instant time = time(options.required("target"));
            isWanted = backup -> backup.stopTime().isBefore(time);
            missing = "unable to find backup set with stop time less than '" + options.required("target") + "'";
        } else if (type.equals("lsn")) {
            Lsn position = RecoveryOptions.lsn(options);
            isWanted = backup ->
                    backup.stop().filter(stop -> !stop.isAfter(position)).isPresent();
            missing = "unable to find backup set with lsn less than or equal to '" + options.required("target") + "'";
        } else {
            isSearched = false;
        }
        Optional<Chosen> chosen = open(isWanted, isSearched);
        if (chosen.isEmpty()) {
            throw new OptionException(ExitStatus.BACKUP_SET_INVALID, missing);
        }
        return chosen.get();
    }

    private Optional<Chosen> open(Predicate<BackupSummary> isWanted, boolean isSearched)
            throws OptionException, IOException {
        for (int number : options.repositories()) {
            Optional<BackrestRepository> repository = repository(number);
            List<BackupSummary> backups =
                    repository.map(BackrestRepository::backups).orElse(List.of());
            if (repository.isPresent() && backups.isEmpty()) {
                log.warn("repo" + number + ": [BackupSetInvalidError] no backup sets to restore");
            }
            for (int i = backups.size() - 1; i >= 0; i--) {
                BackupSummary backup = backups.get(i);
                if (isWanted.test(backup)) {
                    if (!isSearched
                            && backup.databaseId() < repository.orElseThrow().databaseId()) {
                        throw new OptionException(
                                ExitStatus.BACKUP_SET_INVALID,
                                "the latest backup set found '" + backup.label()
                                        + "' is from a prior version of PostgreSQL\n"
                                        + "HINT: was a backup created after the stanza-upgrade?\n"
                                        + "HINT: specify --set or --type=time/lsn to restore from a prior version of PostgreSQL.");
                    }
                    return Optional.of(
                            new Chosen(number, repository.orElseThrow().backup(backup.label())));
                }
            }
        }
        return Optional.empty();
    }

    /** One that cannot be read is passed over: another may have what is wanted. */
    private Optional<BackrestRepository> repository(int number) throws OptionException {
        BackrestRepository.Builder builder = BackrestRepository.at(
                options.path("repo-path", number).orElse(DEFAULT_REPOSITORY), options.required("stanza"));
        if (options.value("repo-cipher-type", number)
                .filter("aes-256-cbc"::equals)
                .isPresent()) {
            builder.cipherPassphrase(options.value("repo-cipher-pass", number)
                    .orElseThrow(() -> new OptionException(
                            ExitStatus.OPTION_REQUIRED,
                            "restore command requires option: repo" + number + "-cipher-pass")));
        }
        try {
            return Optional.of(builder.open());
        } catch (IOException e) {
            log.warn("repo" + number + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The second that recovery is to end in; without a zone that of this machine. */
    static Instant time(String text) throws OptionException {
        Matcher matcher = TIME.matcher(text);
        try {
            if (matcher.matches()) {
                LocalDateTime seconds = LocalDateTime.parse(matcher.group(1), SECONDS);
                String zone = matcher.group(2);
                return zone == null
                        ? seconds.atZone(ZoneId.systemDefault()).toInstant()
                        : seconds.toInstant(ZoneOffset.of(zone));
            }
        } catch (DateTimeException e) {
            // No such day or zone: as for any other text that is no time.
        }
        throw new OptionException(
                ExitStatus.FORMAT,
                "automatic backup set selection cannot be performed with provided time '" + text + "'\n"
                        + "HINT: time format must be YYYY-MM-DD HH:MM:SS with optional msec and optional timezone (+/- HH or"
                        + " HHMM or HH:MM) - if timezone is omitted, local time is assumed (for UTC use +00)");
    }
}
