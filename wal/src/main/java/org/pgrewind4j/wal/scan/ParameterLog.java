package org.pgrewind4j.wal.scan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.record.ParameterChange;

/**
 * What WAL says of a server's parameters: each change of them, and the first image that was logged for a hint bit since
 * the start and since each change and each shutdown, which proves that hint bits were logged; and where
 * {@code full_page_writes} was switched off, which needs no start.
 */
final class ParameterLog {

    private final List<ParameterChange> changes = new ArrayList<>();
    private final List<Lsn> hintImages = new ArrayList<>();
    private final List<Lsn> fullPageWritesOff = new ArrayList<>();

    /** Where it may have changed whether hint bits are logged, first and last; null if nowhere. */
    private @Nullable Lsn firstStart;

    private @Nullable Lsn lastStart;

    void add(ParameterChange change) {
        changes.add(change);
        addStart(change.lsn());
    }

    /** Takes note of a shutdown, and so of a start behind it. */
    void addStart(Lsn begin) {
        if (firstStart == null) {
            firstStart = begin;
        }
        lastStart = begin;
    }

    /** Takes note of an image; nearly all are none to be kept. */
    void addHintImage(long begin) {
        int last = hintImages.size() - 1;
        if (last < 0 || (lastStart != null && hintImages.get(last).isBefore(lastStart))) {
            hintImages.add(new Lsn(begin));
        }
    }

    void addFullPageWritesOff(Lsn begin) {
        fullPageWritesOff.add(begin);
    }

    /** Adds what the WAL right behind says. */
    void append(ParameterLog later) {
        int known = 0;
        if (later.beginsWithImage()) {
            addHintImage(later.hintImages.get(0).value());
            known = 1;
        }
        changes.addAll(later.changes);
        fullPageWritesOff.addAll(later.fullPageWritesOff);
        hintImages.addAll(later.hintImages.subList(known, later.hintImages.size()));
        if (later.firstStart != null && later.lastStart != null) {
            addStart(later.firstStart);
            addStart(later.lastStart);
        }
    }

    /** Whether the first image belongs to the time before the first start, which may have begun earlier. */
    private boolean beginsWithImage() {
        return !hintImages.isEmpty() && (firstStart == null || hintImages.get(0).isBefore(firstStart));
    }

    List<ParameterChange> changes() {
        return changes;
    }

    List<Lsn> hintImages() {
        return hintImages;
    }

    List<Lsn> fullPageWritesOff() {
        return fullPageWritesOff;
    }
}
