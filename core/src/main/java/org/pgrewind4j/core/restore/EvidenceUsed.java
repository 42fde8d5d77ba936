package org.pgrewind4j.core.restore;

import java.util.List;
import org.pgrewind4j.core.Problem;

/**
 * What a plan relied on.
 *
 * @param evidence WAL for the files that it tells of; contents for all others
 * @param problems why contents told of all files although WAL was asked for; else none
 * @param filesByWal files that both sides have and that WAL told of: the target's were not read
 * @param filesByContent files that both sides have and whose contents were compared
 * @param bytesByContent how much of the target was read for that
 */
public record EvidenceUsed(
        Evidence evidence, List<Problem> problems, long filesByWal, long filesByContent, long bytesByContent) {

    /**
     * Takes a copy of the list.
     *
     * @param evidence what was relied on
     * @param problems why WAL was not
     * @param filesByWal files that WAL told of
     * @param filesByContent files whose contents were compared
     * @param bytesByContent how much was read for that
     */
    public EvidenceUsed {
        problems = List.copyOf(problems);
    }

    /**
     * That nothing was looked at.
     *
     * @return contents, of no files
     */
    public static EvidenceUsed none() {
        return new EvidenceUsed(Evidence.CONTENT, List.of(), 0, 0, 0);
    }
}
