package org.pgrewind4j.examples.pgbackrest;

/** Exit statuses of pgBackRest that the command ends with, too (pgBackRest: {@code src/build/error/error.yaml}). */
enum ExitStatus {
    SUCCESS(0),
    CHECKSUM(26),
    FORMAT(29),
    OPTION_INVALID(31),
    OPTION_INVALID_VALUE(32),
    OPTION_REQUIRED(37),
    SERVER_RUNNING(38),
    PATH_NOT_EMPTY(40),
    FILE_OPEN(41),
    FILE_READ(42),
    VERSION_NOT_SUPPORTED(46),
    COMMAND_INVALID(48),
    LOCK(50),
    BACKUP_MISMATCH(51),
    FILE_MISSING(55),
    DATABASE_MISMATCH(58),
    TERM(63),
    FILE_WRITE(64),
    LINK_DESTINATION(70),
    PATH_MISSING(73),
    BACKUP_SET_INVALID(75),
    TABLESPACE_MAP(76),
    FILE_EXISTS(93),
    CRYPTO(95),
    PARAMETER_INVALID(96),
    RUNTIME(122);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
