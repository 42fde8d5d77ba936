package org.pgrewind4j.core.internal.names;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.internal.names.CatalogPages.Standing;
import org.pgrewind4j.core.report.RelationName;
import org.pgrewind4j.core.report.RelationNames;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.RelFileLocator;

/**
 * Names from the files of a data directory whose server does not run: {@code pg_database}, and {@code pg_class} and
 * {@code pg_namespace} of each database that is asked for.
 *
 * <p>This is no server: visibility is taken from hint bits, and what a crashed server had not written out is not seen.
 * Names can therefore be old or missing. Of rows that were replaced or deleted and still lie there, the names of dropped
 * relations, and of files that were replaced, are taken too, and marked so.
 */
public final class CatalogFiles implements RelationNames {

    private static final System.Logger LOG = System.getLogger(CatalogFiles.class.getName());

    private static final long PG_CLASS = 1259;
    private static final long PG_DATABASE = 1262;
    private static final long PG_NAMESPACE = 2615;

    private static final String MAP = "pg_filenode.map";
    private static final int MAP_MAGIC = 0x592717;
    private static final int MAP_ENTRIES = 64;

    private final Path directory;
    private final PostgresVersion version;
    private final CatalogLayout layout;
    private final Set<RelFileLocator> wanted;
    private final Map<Long, Named> databases = new HashMap<>();
    private final Map<RelFileLocator, Named> relations = new HashMap<>();

    /** A name, and how much the row that it stood in was worth. */
    private record Named(String name, RelationName.Kind kind, long schema, Standing standing) {}

    private CatalogFiles(Path directory, PostgresVersion version, Collection<RelFileLocator> wanted) {
        this.directory = directory;
        this.version = version;
        this.layout = CatalogLayout.of(version);
        this.wanted = new HashSet<>(wanted);
    }

    private final Map<RelFileLocator, RelationName> names = new HashMap<>();

    /** Reads what can be read of the names of some relations. */
    public static CatalogFiles of(Path directory, PostgresVersion version, Collection<RelFileLocator> wanted) {
        CatalogFiles files = new CatalogFiles(directory, version, wanted);
        try {
            files.readDatabases();
            files.readRelations();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.INFO, "names of relations cannot be read from \"" + directory + "\"", e);
        }
        return files;
    }

    @Override
    public Optional<RelationName> relation(RelFileLocator relation) {
        return Optional.ofNullable(names.get(relation));
    }

    @Override
    public Optional<String> database(long oid) {
        return Optional.ofNullable(databases.get(oid)).map(Named::name);
    }

    private void readDatabases() throws IOException {
        Path global = directory.resolve("global");
        long file = map(global).getOrDefault(PG_DATABASE, PG_DATABASE);
        CatalogPages.read(global.resolve(Long.toString(file)), row -> {
            if (layout.hasName(row)) {
                put(databases, layout.oid(row), named(row, RelationName.Kind.OTHER, 0));
            }
        });
    }

    private void readRelations() throws IOException {
        Map<Integer, Set<RelFileLocator>> byDatabase = new HashMap<>();
        for (RelFileLocator relation : wanted) {
            byDatabase
                    .computeIfAbsent(relation.database(), unused -> new HashSet<>())
                    .add(relation);
        }
        for (Map.Entry<Integer, Set<RelFileLocator>> of : byDatabase.entrySet()) {
            boolean isShared = of.getKey() == 0;
            // Every database lists the shared relations; template1 is always there.
            Path home = home(isShared ? 1 : Integer.toUnsignedLong(of.getKey()));
            if (home != null) {
                Map<Long, Long> mapped = isShared ? map(directory.resolve("global")) : map(home);
                readDatabase(home, mapped, of.getValue());
            }
        }
    }

    /** The directory of a database, the one in its own tablespace: there is its map. */
    private @Nullable Path home(long database) throws IOException {
        Path usual = directory.resolve("base").resolve(Long.toString(database));
        if (Files.isRegularFile(usual.resolve(MAP))) {
            return usual;
        }
        Path tablespaces = directory.resolve("pg_tblspc");
        if (!Files.isDirectory(tablespaces)) {
            return null;
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(tablespaces)) {
            for (Path link : links) {
                Path home = link.resolve(version.tablespaceDirectory()).resolve(Long.toString(database));
                if (Files.isRegularFile(home.resolve(MAP))) {
                    return home;
                }
            }
        }
        return null;
    }

    private void readDatabase(Path home, Map<Long, Long> mapped, Set<RelFileLocator> here) throws IOException {
        Map<Long, RelFileLocator> byFile = new HashMap<>();
        here.forEach(relation -> byFile.put(Integer.toUnsignedLong(relation.relation()), relation));
        Map<Long, RelFileLocator> byOid = new HashMap<>();
        mapped.forEach((oid, file) -> Optional.ofNullable(byFile.get(file)).ifPresent(at -> byOid.put(oid, at)));
        Set<Long> owners = new HashSet<>();
        Map<Long, Long> own = map(home);
        Path classes = home.resolve(Long.toString(own.getOrDefault(PG_CLASS, PG_CLASS)));
        CatalogPages.read(classes, row -> {
            if (!layout.isOfRelation(row)) {
                return;
            }
            long file = row.oid(layout.file());
            RelFileLocator at = file == 0 ? byOid.get(layout.oid(row)) : byFile.get(file);
            if (at != null) {
                Named named = named(row, RelationName.Kind.of(row.letter(layout.kind())), row.oid(layout.schema()));
                put(relations, at, named);
                owner(named).ifPresent(owners::add);
            }
        });
        Map<Long, Named> tables = owners.isEmpty() ? Map.of() : tables(classes, owners);
        Map<Long, Named> schemas = schemas(home.resolve(Long.toString(own.getOrDefault(PG_NAMESPACE, PG_NAMESPACE))));
        for (RelFileLocator relation : here) {
            Optional.ofNullable(relations.remove(relation))
                    .ifPresent(named -> names.put(relation, name(named, tables, schemas)));
        }
    }

    /** The number of the table that a toast relation is of, which is part of its name. */
    private static Optional<Long> owner(Named named) {
        return named.kind == RelationName.Kind.TOAST && named.name.matches("pg_toast_[0-9]{1,10}")
                ? Optional.of(Long.valueOf(named.name.substring("pg_toast_".length())))
                : Optional.empty();
    }

    private Map<Long, Named> tables(Path classes, Set<Long> owners) throws IOException {
        Map<Long, Named> tables = new HashMap<>();
        CatalogPages.read(classes, row -> {
            if (layout.isOfRelation(row) && owners.contains(layout.oid(row))) {
                put(tables, layout.oid(row), named(row, RelationName.Kind.TABLE, row.oid(layout.schema())));
            }
        });
        return tables;
    }

    private Map<Long, Named> schemas(Path file) throws IOException {
        Map<Long, Named> schemas = new HashMap<>();
        CatalogPages.read(file, row -> {
            if (layout.hasName(row)) {
                put(schemas, layout.oid(row), named(row, RelationName.Kind.OTHER, 0));
            }
        });
        return schemas;
    }

    private static RelationName name(Named named, Map<Long, Named> tables, Map<Long, Named> schemas) {
        Optional<String> toastOf =
                owner(named).map(tables::get).map(table -> schema(table, schemas) + "." + table.name);
        return new RelationName(
                schema(named, schemas),
                named.name,
                named.kind,
                toastOf,
                named.standing == Standing.ENDED || named.standing == Standing.ROLLED_BACK
                        ? RelationName.Basis.EARLIER_ROW
                        : RelationName.Basis.CATALOG);
    }

    private static String schema(Named named, Map<Long, Named> schemas) {
        Named schema = schemas.get(named.schema);
        return schema == null ? Long.toString(named.schema) : schema.name;
    }

    private Named named(CatalogPages.Row row, RelationName.Kind kind, long schema) {
        return new Named(row.name(layout.name()), kind, schema, row.standing());
    }

    /** Of two rows the one that is worth more counts, of equal ones the later. */
    private static <K> void put(Map<K, Named> names, K key, Named named) {
        names.merge(key, named, (old, more) -> more.standing.compareTo(old.standing) >= 0 ? more : old);
    }

    /**
     * Which files those relations have that {@code pg_class} cannot tell of (PostgreSQL:
     * {@code src/backend/utils/cache/relmapper.c}): magic number 4, number 4, then OID 4 and file 4 of each.
     */
    private static Map<Long, Long> map(Path directory) throws IOException {
        Map<Long, Long> map = new HashMap<>();
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(directory.resolve(MAP))).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < 8 || bytes.getInt() != MAP_MAGIC) {
            return map;
        }
        int entries = Math.min(bytes.getInt(), MAP_ENTRIES);
        for (int i = 0; i < entries && bytes.remaining() >= 8; i++) {
            map.put(Integer.toUnsignedLong(bytes.getInt()), Integer.toUnsignedLong(bytes.getInt()));
        }
        return map;
    }
}
