package org.pgrewind4j.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgrewind4j.core.internal.area.OwnNames;
import org.pgrewind4j.core.internal.config.ServerConfiguration;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegment;
import org.pgrewind4j.wal.WalSegmentName;

class RestoreCommandTest {

    private static final int SIZE = 1 << 20;
    private static final String FILE = "000000020000000000000003";
    private static final WalSegmentName NAME = WalSegmentName.parse(FILE, SIZE).orElseThrow();

    @TempDir
    private Path temporary;

    private Path data;
    private Path archive;

    @BeforeEach
    void makeDirectories() throws IOException {
        data = Files.createDirectory(temporary.resolve("data dir"));
        archive = Files.createDirectory(temporary.resolve("archive"));
        Files.write(archive.resolve(FILE), segment(NAME));
    }

    private static byte[] segment(WalSegmentName name) {
        return ByteBuffer.allocate(SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) 0xD110)
                .putLong(8, name.begin().value())
                .array();
    }

    private RestoredWal open(String command) throws IOException {
        return RestoreCommand.of(command).open(data);
    }

    private static boolean isThere(RestoredWal wal) throws IOException {
        try (WalSegment segment = wal.open(NAME).orElse(null)) {
            return segment != null && segment.read(ByteBuffer.allocate(1), SIZE - 1) == 1;
        }
    }

    @Test
    void bringsASegmentOnce() throws IOException {
        String command = "echo %f %r >> calls; pwd >> calls; cp \"" + archive + "/%f\" \"%p\"";
        try (RestoredWal wal = open(command)) {
            assertThat(isThere(wal)).isTrue();
            assertThat(isThere(wal)).isTrue();
            assertThat(wal.open(NAME.next())).isEmpty();
            assertThat(wal.open(NAME.next())).isEmpty();
        }
        assertThat(data.resolve("calls"))
                .hasContent(String.join(
                        "\n",
                        FILE + " 000000000000000000000000",
                        data.toString(),
                        NAME.next().fileName() + " 000000000000000000000000",
                        data.toString(),
                        ""));
        assertThat(data.resolve(OwnNames.RESTORED)).doesNotExist();
    }

    @Test
    void bringsAHistoryFile() throws IOException {
        Files.writeString(archive.resolve("00000002.history"), "1\t0/300000\tpromoted\n");
        try (RestoredWal wal = open("cp \"" + archive + "/%f\" \"%p\"")) {
            assertThat(wal.history(new TimelineId(2)).orElseThrow().last().begin())
                    .isEqualTo(NAME.begin());
            assertThat(wal.history(new TimelineId(3))).isEmpty();
        }
        try (RestoredWal wal = open("true")) {
            assertThat(wal.history(new TimelineId(2))).isEmpty();
        }
    }

    @Test
    void percentSignsAreDoubled() throws IOException {
        try (RestoredWal wal = open("date +%%Y > year; false")) {
            assertThat(isThere(wal)).isFalse();
        }
        assertThat(Files.readString(data.resolve("year"))).matches("[0-9]{4}\n");
    }

    @ParameterizedTest
    @CsvSource({"cp %x, %x", "100%, %", "a %F, %F"})
    void unknownPlaceholderIsRefused(String command, String placeholder) {
        assertThatThrownBy(() -> RestoreCommand.of(command))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "invalid restore_command: \"" + command + "\": unexpected placeholder \"" + placeholder + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 1", "exit 125"})
    void segmentThatDoesNotComeIsNotThere(String command) throws IOException {
        try (RestoredWal wal = open(command)) {
            assertThat(isThere(wal)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"exit 126, 126", "no-such-command, 127", "kill -9 $$, 137", "kill -TERM $$, 143"})
    void failureOfTheShellIsNoAnswer(String command, int status) throws IOException {
        try (RestoredWal wal = open(command)) {
            assertThatThrownBy(() -> wal.open(NAME))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("restore_command failed for \"" + FILE + "\": exit status " + status);
        }
    }

    @Test
    void failureSaysWhatTheCommandSaid() throws IOException {
        try (RestoredWal wal = open("echo nobody home >&2; exit 200")) {
            assertThatThrownBy(() -> wal.open(NAME))
                    .hasMessage("restore_command failed for \"" + FILE + "\": exit status 200: nobody home");
        }
    }

    @Test
    void partOfASegmentIsAnError() throws IOException {
        try (RestoredWal wal = open("head -c 100 \"" + archive + "/%f\" > \"%p\"")) {
            assertThatThrownBy(() -> wal.open(NAME))
                    .hasMessage("restore_command brought a file of 100 bytes for \"" + FILE + "\": expected " + SIZE);
        }
    }

    @Test
    void whatIsNotTheSegmentIsAnError() throws IOException {
        String where = " for \"" + FILE + "\", which begins at 0/300000";
        assertBrings(
                "true",
                "restore_command said that it had brought \"" + FILE
                        + "\", and brought nothing: expected an exit status other than 0");
        assertBrings("cp \"" + archive + "/zeros\" \"%p\"", "restore_command brought a file without WAL" + where);
        assertBrings("cp \"" + archive + "/other\" \"%p\"", "restore_command brought the WAL from 0/400000 on" + where);
    }

    private void assertBrings(String command, String message) throws IOException {
        Files.write(archive.resolve("zeros"), new byte[SIZE]);
        Files.write(archive.resolve("other"), segment(NAME.next()));
        try (RestoredWal wal = open(command)) {
            assertThatThrownBy(() -> wal.open(NAME))
                    .isInstanceOf(IOException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void commandThatHangsIsEnded() throws IOException {
        RestoreCommand command =
                RestoreCommand.of("sleep 1000 & echo $! > child; wait").timeout(Duration.ofSeconds(1));
        try (RestoredWal wal = command.open(data)) {
            assertThatThrownBy(() -> wal.open(NAME))
                    .hasMessage("restore_command took longer than 1 seconds for \"" + FILE + "\" and was ended");
        }
        long child = Long.parseLong(Files.readString(data.resolve("child")).strip());
        ProcessHandle.of(child).ifPresent(process -> process.onExit().join());
        assertThat(data.resolve(OwnNames.RESTORED)).doesNotExist();
    }

    @Test
    void leftoversAreRemoved() throws IOException {
        Files.createFile(Files.createDirectory(data.resolve(OwnNames.RESTORED)).resolve(FILE));
        try (RestoredWal wal = open("false")) {
            assertThat(isThere(wal)).isFalse();
        }
    }

    private Optional<String> configured(String release) throws IOException {
        Files.writeString(data.resolve("PG_VERSION"), release + "\n");
        return RestoreCommand.configured(data).map(RestoreCommand::toString);
    }

    @Test
    void lastSettingInConfigurationFilesCounts() throws IOException {
        Files.writeString(data.resolve("postgresql.conf"), """
                restore_command = 'first'
                include 'sub/a.conf'
                include_if_exists 'missing.conf'
                include_dir = 'conf.d'
                """);
        assertThat(Files.createDirectory(data.resolve("sub"))).isDirectory();
        Files.writeString(data.resolve("sub/a.conf"), "include 'b.conf'\n");
        Files.writeString(data.resolve("sub/b.conf"), "RESTORE_COMMAND 'cp it''s %f %p' # second\n");
        Path folder = Files.createDirectory(data.resolve("conf.d"));
        assertThat(configured("15")).contains("cp it's %f %p");

        Files.writeString(folder.resolve("2.conf"), "restore_command = 'third'");
        Files.writeString(folder.resolve("1.conf"), "restore_command = 'not this'");
        Files.writeString(folder.resolve(".3.conf"), "restore_command = 'nor this'");
        Files.writeString(folder.resolve("4.con"), "restore_command = 'nor this'");
        assertThat(configured("15")).contains("third");

        Files.writeString(data.resolve("postgresql.auto.conf"), "restore_command = 'fourth'");
        assertThat(configured("15")).contains("fourth");

        Files.writeString(data.resolve("postgresql.auto.conf"), "restore_command = ''");
        assertThat(configured("15")).isEmpty();
    }

    @Test
    void unknownPlaceholderIsLeftAloneWhereTheServerLeavesIt() throws IOException {
        Files.writeString(data.resolve("postgresql.conf"), "restore_command = 'echo %x %f% > said; false'");
        assertThat(configured("15")).isPresent();
        try (RestoredWal wal = RestoreCommand.configured(data).orElseThrow().open(data)) {
            assertThat(isThere(wal)).isFalse();
        }
        assertThat(data.resolve("said")).hasContent("%x " + FILE + "%\n");

        assertThatThrownBy(() -> configured("16")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void recoveryConfCountsAsLongAsThereWasOne() throws IOException {
        Files.writeString(data.resolve("recovery.conf"), "restore_command = 'old'");
        Files.writeString(data.resolve("postgresql.conf"), "restore_command = 'new'");

        assertThat(configured("9.6")).contains("old");
        assertThat(configured("11")).contains("old");
        assertThat(configured("12")).contains("new");
    }

    @Test
    void endlessInclusionIsAnError() throws IOException {
        Files.writeString(data.resolve("postgresql.conf"), "include 'postgresql.conf'");

        assertThatThrownBy(() -> configured("15"))
                .hasMessage(
                        "configuration file \"" + data.resolve("postgresql.conf") + "\": included more than 10 deep");
    }

    @Test
    void serverProgramKnowsBest() throws IOException {
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        Files.writeString(data.resolve("postgresql.conf"), "restore_command = 'from the file'");
        program("14", "echo wrong");
        program("15", "echo \"$0 $*\" > \"" + data + "/asked\"; echo '  from the program'");
        ServerConfiguration configuration = ServerConfiguration.of(data, data.resolve("my.conf"));
        String path = temporary.resolve("14") + "::" + temporary.resolve("15");

        assertThat(configuration.value("restore_command", path)).contains("  from the program");
        assertThat(Files.readString(data.resolve("asked")))
                .isEqualTo(temporary.resolve("15/postgres") + " -D " + data + " -c config_file="
                        + data.resolve("my.conf") + " -C restore_command\n");

        program("16", "exit 1");
        Files.writeString(data.resolve("PG_VERSION"), "16\n");
        assertThat(ServerConfiguration.of(data, data.resolve("postgresql.conf"))
                        .value("restore_command", temporary.resolve("16").toString()))
                .contains("from the file");
    }

    private void program(String release, String answer) throws IOException {
        Path program = Files.createDirectory(temporary.resolve(release)).resolve("postgres");
        Files.writeString(
                program,
                "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'postgres (PostgreSQL) " + release + ".1'; else "
                        + answer + "; fi\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }
}
