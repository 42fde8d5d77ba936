package org.pgrewind4j.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * The header that every block of a relation begins with, of all forks and all kinds of relation.
 *
 * <table>
 * <caption>Layout (PostgreSQL: {@code src/include/storage/bufpage.h}, {@code PageHeaderData}); little-endian</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>LSN, upper half: end of the WAL record that last changed the page</td></tr>
 * <tr><td>4</td><td>4</td><td>LSN, lower half</td></tr>
 * <tr><td>8</td><td>2</td><td>checksum, if the cluster has checksums</td></tr>
 * <tr><td>10</td><td>2</td><td>flags</td></tr>
 * <tr><td>12</td><td>2</td><td>begin of the free space</td></tr>
 * <tr><td>14</td><td>2</td><td>end of the free space; 0 only on a page that was never written</td></tr>
 * <tr><td>16</td><td>2</td><td>begin of the special space</td></tr>
 * <tr><td>18</td><td>2</td><td>page size, and version of the layout</td></tr>
 * <tr><td>20</td><td>4</td><td>oldest transaction id that may have left something to prune</td></tr>
 * </table>
 *
 * <p>All methods take a buffer and the page's offset in it, and use absolute positions only, so that several threads
 * may read one buffer.
 */
public final class PageHeader {

    private static final VarHandle INT16 =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT32 = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    static final int CHECKSUM_OFFSET = 8;
    private static final int UPPER_OFFSET = 14;

    private PageHeader() {}

    /**
     * The end of the WAL record that last changed the page.
     *
     * @param bytes holds the page; its byte order does not matter
     * @param offset where the page begins
     * @return the page's LSN; {@link Lsn#INVALID} on a page that was never written
     */
    public static Lsn lsn(ByteBuffer bytes, int offset) {
        return new Lsn((long) int32(bytes, offset) << 32 | Integer.toUnsignedLong(int32(bytes, offset + 4)));
    }

    /**
     * The checksum that is stored on the page.
     *
     * @param bytes holds the page; its byte order does not matter
     * @param offset where the page begins
     * @return an unsigned 16-bit number; it means something only if the cluster has checksums
     */
    public static int checksum(ByteBuffer bytes, int offset) {
        return Short.toUnsignedInt((short) INT16.get(bytes, offset + CHECKSUM_OFFSET));
    }

    /**
     * Whether the page was never written: a relation is extended with zeros, and a crash can leave it so.
     *
     * @param bytes holds the page; its byte order does not matter
     * @param offset where the page begins
     * @param blockSize the cluster's {@link ControlFile#blockSize}
     * @return true if all its bytes are zero
     */
    public static boolean isNew(ByteBuffer bytes, int offset, int blockSize) {
        for (int i = offset; i < offset + blockSize; i += Long.BYTES) {
            if (bytes.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a page of a cluster with checksums is as it was written. A page that was never written has no checksum
     * and is good; a page whose header says so but which is not all zeros is not.
     *
     * @param bytes holds the page; its byte order does not matter
     * @param offset where the page begins
     * @param blockSize the cluster's {@link ControlFile#blockSize}
     * @param block the page's block number within its fork, not within its file
     * @return false if the page is torn, damaged, or belongs to another block
     */
    public static boolean verify(ByteBuffer bytes, int offset, int blockSize, long block) {
        boolean wasWritten = (short) INT16.get(bytes, offset + UPPER_OFFSET) != 0;
        return wasWritten
                ? checksum(bytes, offset) == PageChecksum.compute(bytes, offset, blockSize, block)
                : isNew(bytes, offset, blockSize);
    }

    static int int32(ByteBuffer bytes, int position) {
        return (int) INT32.get(bytes, position);
    }
}
