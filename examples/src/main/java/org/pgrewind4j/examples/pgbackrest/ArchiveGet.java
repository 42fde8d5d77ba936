package org.pgrewind4j.examples.pgbackrest;

import java.util.StringJoiner;
import org.pgrewind4j.examples.pgbackrest.KnownOption.Mark;
import org.pgrewind4j.examples.pgbackrest.OptionValues.Setting;

/**
 * The {@code restore_command} with which a restored server has pgBackRest bring its WAL: {@code archive-get} with those
 * options of the command line that it has a use for; what environment and configuration files say, it finds itself (pgBackRest
 * 2.45: {@code src/config/exec.c}, {@code cfgExecParam}; {@code src/command/restore/restore.c},
 * {@code restoreRecoveryOption}).
 */
final class ArchiveGet {

    private ArchiveGet() {}

    static String command(RestoreOptions options) throws OptionException {
        StringJoiner command = new StringJoiner(" ");
        command.add(options.value("cmd").orElse("pgbackrest"));
        for (Setting setting : options.ofCommandLine()) {
            if (setting.name().option().is(Mark.PASSED_ON)) {
                add(command, setting);
            }
        }
        return command.add("archive-get %f \"%p\"").toString();
    }

    private static void add(StringJoiner command, Setting setting) {
        String name = setting.name().present();
        switch (setting.name().form()) {
            case NEGATED -> command.add("--no-" + name);
            case RESET -> command.add("--reset-" + name);
            case PLAIN -> {
                if (setting.texts().isEmpty()) {
                    command.add("--" + name);
                }
                for (String text : setting.texts()) {
                    command.add("--" + name + "=" + (text.contains(" ") ? '"' + text + '"' : text));
                }
            }
        }
    }
}
