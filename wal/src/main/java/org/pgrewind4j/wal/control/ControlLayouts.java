package org.pgrewind4j.wal.control;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import org.pgrewind4j.wal.PostgresVersion;

/** Where the fields of the control file and of a checkpoint lie in each release. */
final class ControlLayouts {

    private static final Map<PostgresVersion, StructLayout<CheckPointField>> CHECK_POINT = of(CheckPointField.class);
    private static final Map<PostgresVersion, StructLayout<ControlFileField>> CONTROL_FILE = of(ControlFileField.class);

    private ControlLayouts() {}

    static StructLayout<ControlFileField> controlFile(PostgresVersion version) {
        return requireNonNull(CONTROL_FILE.get(version));
    }

    static StructLayout<CheckPointField> checkPoint(PostgresVersion version) {
        return requireNonNull(CHECK_POINT.get(version));
    }

    private static <F extends Enum<F> & StructField> Map<PostgresVersion, StructLayout<F>> of(Class<F> fields) {
        Map<PostgresVersion, StructLayout<F>> layouts = new EnumMap<>(PostgresVersion.class);
        for (PostgresVersion version : PostgresVersion.values()) {
            layouts.put(version, StructLayout.of(fields, version));
        }
        return layouts;
    }
}
