/**
 * Repositories of pgBackRest, read where they lie, without pgBackRest: backups as sources, and the archive of their WAL. Read
 * are all that its releases from 2.25 on write to a file system; nothing is ever written.
 *
 * <p>Start with {@link org.pgrewind4j.transport.pgbackrest.BackrestRepository}.
 *
 * <p>Everything in a repository is untrusted. What does not fit is a
 * {@link org.pgrewind4j.transport.pgbackrest.BackrestException} that names the file.
 */
@NullMarked
package org.pgrewind4j.transport.pgbackrest;

import org.jspecify.annotations.NullMarked;
