package org.pgrewind4j.transport.live;

import org.pgrewind4j.transport.DataPath;

/**
 * What is asked of the server at once for one row of the answer.
 *
 * @param range the index of the range that it is part of
 * @param path the file
 * @param offset in bytes
 * @param length in bytes, at most {@link RangeSplitter#PIECE}; 0 asks whether the file is there
 * @param last whether nothing of the range follows
 */
record RangePiece(int range, DataPath path, long offset, int length, boolean last) {}
