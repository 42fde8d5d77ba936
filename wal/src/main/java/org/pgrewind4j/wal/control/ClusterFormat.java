package org.pgrewind4j.wal.control;

import org.jspecify.annotations.Nullable;

/**
 * How a cluster's files are written, decided when the server was built and the cluster was made. Two clusters can
 * exchange files only if all of it is equal, the checksums aside.
 *
 * @param maxAlignment the alignment of rows, in bytes
 * @param blockSize the size of a relation's block, in bytes: a power of two from 1024 to 32768
 * @param relationSegmentBlocks the blocks in one file of a large relation
 * @param walBlockSize the size of a WAL page, in bytes: a power of two from 1024 to 65536
 * @param walSegmentSize the size of a WAL segment, in bytes: a power of two from 1 MB to 1 GB
 * @param identifierLength the bytes of an identifier, its terminator included
 * @param indexColumns the greatest number of columns of an index
 * @param toastChunkSize the greatest size of a TOAST chunk, in bytes
 * @param largeObjectChunkSize the size of a large object's chunk, in bytes
 * @param integerDatetimes whether dates and times are 64-bit integers; always so from 10 on
 * @param float4ByValue whether {@code float4} is passed by value; null from 13 on, where it always is
 * @param float8ByValue whether {@code float8} and {@code int8} are passed by value
 * @param dataChecksumVersion the version of the data page checksums, 0 for none
 * @param charSigned whether {@code char} is signed where the cluster was made; null before 18
 */
public record ClusterFormat(
        int maxAlignment,
        int blockSize,
        int relationSegmentBlocks,
        int walBlockSize,
        int walSegmentSize,
        int identifierLength,
        int indexColumns,
        int toastChunkSize,
        int largeObjectChunkSize,
        boolean integerDatetimes,
        @Nullable Boolean float4ByValue,
        boolean float8ByValue,
        int dataChecksumVersion,
        @Nullable Boolean charSigned) {}
