package org.pgrewind4j.transport.pgbackrest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.backup.BackupEntry;
import org.pgrewind4j.transport.backup.BackupFacts;
import org.pgrewind4j.transport.codec.Compression;

/**
 * What a {@code backup.manifest} says: everything that the backup holds, and where each file's bytes are.
 *
 * @param facts what the backup says of itself; the timeline and the positions of an offline backup are not in a manifest
 * @param compression of all files
 * @param isRaw whether files in bundles have the raw form
 * @param isBeta whether super blocks have the form that {@link BetaBlocks} reads
 * @param cipherPassphrase that the files are encrypted with
 * @param references labels of backups, by the numbers that files and block maps use
 * @param files the files
 * @param fileAttributes their owners and permissions
 * @param directories the directories, each before what is in it, with owners and permissions; tablespaces are among them
 * @param links the targets of the symbolic links, those of tablespaces included
 * @param damaged files whose pages had wrong checksums already when they were copied
 */
record Manifest(
        BackupFacts facts,
        Compression compression,
        boolean isRaw,
        boolean isBeta,
        Optional<String> cipherPassphrase,
        List<String> references,
        ManifestFiles files,
        ManifestAttributes fileAttributes,
        SortedMap<DataPath, BackupEntry.Attributes> directories,
        Map<DataPath, String> links,
        List<DataPath> damaged) {}
