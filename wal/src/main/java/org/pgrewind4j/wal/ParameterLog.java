package org.pgrewind4j.wal;

import java.util.ArrayList;
import java.util.List;
import org.pgrewind4j.timeline.Lsn;

/**
 * What WAL says of a server's parameters: each change of them, and the first image that was logged for a hint bit since
 * the begin and since each change, which proves that hint bits were logged.
 */
final class ParameterLog {

    private final List<ParameterChange> changes = new ArrayList<>();
    private final List<Lsn> hintImages = new ArrayList<>();

    void add(ParameterChange change) {
        changes.add(change);
    }

    /** Takes note of an image; nearly all are none to be kept. */
    void addHintImage(long begin) {
        int last = hintImages.size() - 1;
        if (last < 0
                || (!changes.isEmpty()
                        && hintImages
                                .get(last)
                                .isBefore(changes.get(changes.size() - 1).lsn()))) {
            hintImages.add(new Lsn(begin));
        }
    }

    /** Adds what the WAL right behind says. */
    void append(ParameterLog later) {
        int known = 0;
        if (later.beginsWithImage()) {
            addHintImage(later.hintImages.get(0).value());
            known = 1;
        }
        changes.addAll(later.changes);
        hintImages.addAll(later.hintImages.subList(known, later.hintImages.size()));
    }

    /** Whether the first image belongs to the time before the first change, which may have begun earlier. */
    private boolean beginsWithImage() {
        return !hintImages.isEmpty()
                && (changes.isEmpty()
                        || hintImages.get(0).isBefore(changes.get(0).lsn()));
    }

    List<ParameterChange> changes() {
        return changes;
    }

    List<Lsn> hintImages() {
        return hintImages;
    }
}
