package org.pgrewind4j.examples.pgbackrest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings' values as the server understands them. pgBackRest writes what it is given between quotes, as it is (2.45:
 * {@code src/command/restore/restore.c}, {@code restoreRecoveryConf}), so its users write quotes and backslashes as they are
 * written in {@code postgresql.conf} (PostgreSQL 18: {@code src/backend/utils/misc/guc-file.l}, {@code GUC_scanstr}). A quote
 * that would end the value stands for itself.
 */
final class QuotedText {

    private static final Pattern ESCAPE = Pattern.compile("''|\\\\([0-7]{1,3}|.)", Pattern.DOTALL);

    private QuotedText() {}

    static String read(String text) throws OptionException {
        // Escapes stand for bytes, and several of them for one character.
        String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String meant =
                ESCAPE.matcher(bytes).replaceAll(escape -> Matcher.quoteReplacement(String.valueOf(meant(escape))));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(meant.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw OptionException.value("'" + text + "' is not UTF-8 for 'recovery-option' option");
        }
    }

    private static char meant(MatchResult escape) {
        String code = escape.group(1);
        if (code == null) {
            return '\'';
        }
        char first = code.charAt(0);
        return switch (first) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '0', '1', '2', '3', '4', '5', '6', '7' -> (char) (Integer.parseInt(code, 8) & 0xFF);
            default -> first;
        };
    }
}
