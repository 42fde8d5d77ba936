package org.pgrewind4j.examples.pgrewind;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgrewind4j.core.Rewind;
import org.pgrewind4j.core.TablespacePolicy;

/**
 * Where tablespaces that the target does not have may lie. A mapping is written as for {@code pg_basebackup}:
 * {@code OLDDIR=NEWDIR}, both absolute, an equals sign within one of them as {@code \=}.
 *
 * @param mapping from the source's location to the target's
 * @param roots directories below which new tablespaces may lie as on the source
 */
record TablespaceOptions(Map<Path, Path> mapping, List<Path> roots) {

    private static final Pattern MAPPING = Pattern.compile("((?:[^=\\\\]|\\\\.)+)=((?:[^=\\\\]|\\\\.)+)");

    static TablespaceOptions parse(List<String> mappings, List<String> roots) throws UsageException {
        Map<Path, Path> mapping = new LinkedHashMap<>();
        for (String text : mappings) {
            Matcher matcher = MAPPING.matcher(text);
            if (!matcher.matches()) {
                throw new UsageException(
                        "error: invalid tablespace mapping format \"" + text + "\", must be \"OLDDIR=NEWDIR\"");
            }
            mapping.put(directory(matcher.group(1)), directory(matcher.group(2)));
        }
        List<Path> allowed = new ArrayList<>();
        for (String root : roots) {
            allowed.add(directory(root));
        }
        return new TablespaceOptions(mapping, allowed);
    }

    private static Path directory(String text) throws UsageException {
        Path directory = Path.of(text.replace("\\=", "="));
        if (!directory.isAbsolute()) {
            throw new UsageException("error: directory of a tablespace is not an absolute path: \"" + directory + "\"");
        }
        return directory.normalize();
    }

    void tell(Rewind rewind) {
        mapping.forEach(rewind::mapTablespace);
        if (!roots.isEmpty()) {
            rewind.newTablespaces(TablespacePolicy.below(roots.toArray(Path[]::new)));
        }
    }
}
