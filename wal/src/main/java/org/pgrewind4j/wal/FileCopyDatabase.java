package org.pgrewind4j.wal;

import org.pgrewind4j.timeline.Lsn;

/**
 * A database that was created by copying the template's files as they lay at that moment ({@code CREATE DATABASE ...
 * STRATEGY = FILE_COPY}, the only way up to 14) or moved to another tablespace. Replay copies the files again, so what
 * it finds in the template matters (PostgreSQL: {@code src/include/commands/dbcommands_xlog.h},
 * {@code xl_dbase_create_rec}, from 15 {@code xl_dbase_create_file_copy_rec}).
 *
 * @param lsn where the record begins
 * @param tablespace OID of the new database's default tablespace, unsigned
 * @param database OID of the new database, unsigned
 * @param templateTablespace OID of the tablespace that was copied from, unsigned
 * @param templateDatabase OID of the database that was copied, unsigned
 */
public record FileCopyDatabase(Lsn lsn, int tablespace, int database, int templateTablespace, int templateDatabase) {}
