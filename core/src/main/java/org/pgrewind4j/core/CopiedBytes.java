package org.pgrewind4j.core;

/**
 * How many bytes come from the source, and of WAL from archives, by kind.
 *
 * @param blocks blocks of relation files that both sides have, counted in blocks
 * @param blockBytes their bytes
 * @param relationBytes relation files that are copied whole
 * @param walBytes WAL segments
 * @param otherBytes everything else
 */
public record CopiedBytes(long blocks, long blockBytes, long relationBytes, long walBytes, long otherBytes) {

    /**
     * The sum over all kinds.
     *
     * @return bytes
     */
    public long total() {
        return blockBytes + relationBytes + walBytes + otherBytes;
    }
}
