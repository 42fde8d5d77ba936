package org.pgrewind4j.core.report;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The system catalogs whose rows tell of definitions. Their OIDs have been the same in all releases (PostgreSQL:
 * {@code src/include/catalog/pg_*.h}), and their files have those numbers until somebody rewrites them.
 */
final class SystemCatalogs {

    /** PostgreSQL: {@code src/include/access/transam.h}, {@code FirstNormalObjectId}. */
    static final long FIRST_NORMAL_OID = 16384;

    /** Where the system keeps its own relations, and what belongs to others. */
    static final Set<String> SCHEMAS = Set.of("pg_catalog", "information_schema", "pg_toast");

    private static final Map<Long, String> BY_OID = Map.ofEntries(
            Map.entry(826L, "pg_default_acl"),
            Map.entry(1213L, "pg_tablespace"),
            Map.entry(1214L, "pg_shdepend"),
            Map.entry(1247L, "pg_type"),
            Map.entry(1249L, "pg_attribute"),
            Map.entry(1255L, "pg_proc"),
            Map.entry(1259L, "pg_class"),
            Map.entry(1260L, "pg_authid"),
            Map.entry(1261L, "pg_auth_members"),
            Map.entry(1262L, "pg_database"),
            Map.entry(1417L, "pg_foreign_server"),
            Map.entry(1418L, "pg_user_mapping"),
            Map.entry(2328L, "pg_foreign_data_wrapper"),
            Map.entry(2604L, "pg_attrdef"),
            Map.entry(2605L, "pg_cast"),
            Map.entry(2606L, "pg_constraint"),
            Map.entry(2607L, "pg_conversion"),
            Map.entry(2608L, "pg_depend"),
            Map.entry(2609L, "pg_description"),
            Map.entry(2610L, "pg_index"),
            Map.entry(2611L, "pg_inherits"),
            Map.entry(2612L, "pg_language"),
            Map.entry(2613L, "pg_largeobject"),
            Map.entry(2615L, "pg_namespace"),
            Map.entry(2617L, "pg_operator"),
            Map.entry(2618L, "pg_rewrite"),
            Map.entry(2619L, "pg_statistic"),
            Map.entry(2620L, "pg_trigger"),
            Map.entry(2224L, "pg_sequence"),
            Map.entry(2964L, "pg_db_role_setting"),
            Map.entry(2995L, "pg_largeobject_metadata"),
            Map.entry(3079L, "pg_extension"),
            Map.entry(3118L, "pg_foreign_table"),
            Map.entry(3256L, "pg_policy"),
            Map.entry(3350L, "pg_partitioned_table"),
            Map.entry(3381L, "pg_statistic_ext"),
            Map.entry(3429L, "pg_statistic_ext_data"),
            Map.entry(3456L, "pg_collation"),
            Map.entry(3466L, "pg_event_trigger"),
            Map.entry(3501L, "pg_enum"),
            Map.entry(3541L, "pg_range"),
            Map.entry(3592L, "pg_shseclabel"),
            Map.entry(3596L, "pg_seclabel"),
            Map.entry(3600L, "pg_ts_dict"),
            Map.entry(3602L, "pg_ts_config"),
            Map.entry(6000L, "pg_replication_origin"),
            Map.entry(6100L, "pg_subscription"),
            Map.entry(6102L, "pg_subscription_rel"),
            Map.entry(6104L, "pg_publication"),
            Map.entry(6106L, "pg_publication_rel"),
            Map.entry(6243L, "pg_parameter_acl"));

    /** Rows of these come with data, or with statistics, and with no definition. */
    private static final Set<String> NOT_DEFINITIONS = Set.of(
            "pg_largeobject",
            "pg_largeobject_metadata",
            "pg_statistic",
            "pg_statistic_ext_data",
            "pg_replication_origin",
            "pg_subscription_rel");

    /** Rows of these go with those of others, and say little by themselves. */
    private static final Set<String> ACCESSORIES = Set.of("pg_depend", "pg_shdepend");

    private static final Map<String, String> OBJECTS = Map.ofEntries(
            Map.entry("pg_class", "relations"),
            Map.entry("pg_attribute", "columns"),
            Map.entry("pg_attrdef", "column defaults"),
            Map.entry("pg_type", "types"),
            Map.entry("pg_enum", "enum values"),
            Map.entry("pg_proc", "functions"),
            Map.entry("pg_index", "indexes"),
            Map.entry("pg_constraint", "constraints"),
            Map.entry("pg_namespace", "schemas"),
            Map.entry("pg_authid", "roles"),
            Map.entry("pg_auth_members", "role memberships"),
            Map.entry("pg_database", "databases"),
            Map.entry("pg_tablespace", "tablespaces"),
            Map.entry("pg_trigger", "triggers"),
            Map.entry("pg_event_trigger", "event triggers"),
            Map.entry("pg_rewrite", "views or rules"),
            Map.entry("pg_sequence", "sequences"),
            Map.entry("pg_extension", "extensions"),
            Map.entry("pg_policy", "policies"),
            Map.entry("pg_publication", "publications"),
            Map.entry("pg_publication_rel", "tables of publications"),
            Map.entry("pg_subscription", "subscriptions"),
            Map.entry("pg_inherits", "inheritance"),
            Map.entry("pg_partitioned_table", "partitioned tables"),
            Map.entry("pg_description", "comments"),
            Map.entry("pg_default_acl", "default privileges"),
            Map.entry("pg_parameter_acl", "privileges on parameters"),
            Map.entry("pg_db_role_setting", "settings of roles or databases"),
            Map.entry("pg_foreign_server", "foreign servers"),
            Map.entry("pg_foreign_table", "foreign tables"),
            Map.entry("pg_user_mapping", "user mappings"),
            Map.entry("pg_operator", "operators"),
            Map.entry("pg_cast", "casts"),
            Map.entry("pg_collation", "collations"),
            Map.entry("pg_language", "languages"),
            Map.entry("pg_statistic_ext", "extended statistics"));

    private SystemCatalogs() {}

    /** The catalog whose first file has a number. */
    static Optional<String> ofNumber(long number) {
        return Optional.ofNullable(BY_OID.get(number));
    }

    /** Whether rows of a catalog stand for definitions. */
    static boolean isOfDefinitions(String catalog) {
        return !NOT_DEFINITIONS.contains(catalog) && !ACCESSORIES.contains(catalog);
    }

    /** What a catalog has a row for. */
    static String objects(String catalog) {
        return OBJECTS.getOrDefault(catalog, "definitions in " + catalog);
    }
}
