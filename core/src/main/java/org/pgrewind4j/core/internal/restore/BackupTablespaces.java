package org.pgrewind4j.core.internal.restore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.TablespacePolicy;
import org.pgrewind4j.transport.backup.BackupFacts.Tablespace;

/**
 * Where the tablespaces of a backup are to lie.
 *
 * @param mapped locations by name or by OID in digits
 * @param all the directory in which the others get one of their name; empty to leave them where the backup has them
 * @param policy decides on these
 */
public record BackupTablespaces(Map<String, Path> mapped, Optional<Path> all, TablespacePolicy policy) {

    /** Whether the name and the OID of a tablespace are mapped to different locations, so that one of them is a mistake. */
    boolean isMappedTwice(Tablespace tablespace) {
        Path byOid = mapped.get(Long.toUnsignedString(tablespace.oid()));
        Path byName = mapped.get(tablespace.name());
        return byOid != null && byName != null && !byOid.equals(byName);
    }

    /** Where a tablespace is to lie. */
    String location(Tablespace tablespace) {
        return chosen(tablespace).map(Path::toString).orElse(tablespace.location());
    }

    private Optional<Path> chosen(Tablespace tablespace) {
        return Optional.ofNullable(mapped.get(Long.toUnsignedString(tablespace.oid())))
                .or(() -> Optional.ofNullable(mapped.get(tablespace.name())))
                .or(() -> all.map(directory -> directory.resolve(directoryName(tablespace))));
    }

    /** A name may hold anything but must stay one name. */
    private static String directoryName(Tablespace tablespace) {
        String name = tablespace.name();
        boolean isPlain = !name.contains("/") && !name.equals(".") && !name.equals("..") && name.indexOf('\0') < 0;
        return isPlain ? name : Long.toUnsignedString(tablespace.oid());
    }

    /** Whether the caller agreed to where a tablespace is to lie. */
    boolean permits(Tablespace tablespace) throws IOException {
        return chosen(tablespace).isPresent() || policy.permits(Path.of(tablespace.location()));
    }

    boolean isMapped(Tablespace tablespace, String nameOrOid) {
        return tablespace.name().equals(nameOrOid)
                || Long.toUnsignedString(tablespace.oid()).equals(nameOrOid);
    }
}
