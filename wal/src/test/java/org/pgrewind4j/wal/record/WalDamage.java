package org.pgrewind4j.wal.record;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.pgrewind4j.testkit.MemoryWal;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.wal.WalSegmentName;

/** Some damage to WAL, of the kinds that disks, crashes and reuse do, and some that nothing does. */
final class WalDamage {

    private static final int PAGE = 8192;
    private static final int KINDS = 6;

    private final Random random;
    private final MemoryWal wal;
    private final List<WalSegmentName> segments;
    private final List<WalRecord> records;
    private Lsn position = Lsn.INVALID;
    private String kind = "";

    /** Chooses and does it, in a copy. */
    WalDamage(Random random, MemoryWal whole, List<WalSegmentName> segments, List<WalRecord> records) {
        this.random = random;
        this.wal = whole.copy();
        this.segments = segments;
        this.records = records;
        damage();
    }

    /** The damaged copy. */
    MemoryWal wal() {
        return wal;
    }

    /** Where the first damaged byte is; all before it is whole. */
    Lsn position() {
        return position;
    }

    private void damage() {
        WalSegmentName segment = segments.get(random.nextInt(segments.size()));
        byte[] content = wal.content(segment);
        int at = random.nextInt(content.length);
        int page = at & -PAGE;
        switch (random.nextInt(KINDS)) {
            case 0 -> flip(segment, at, "any byte");
            case 1 -> flip(segment, page + random.nextInt(24), "page header");
            case 2 -> flipRecordHeader();
            case 3 -> {
                int begin = at & -512;
                note(segment, begin, "zeros");
                Arrays.fill(content, begin, random.nextBoolean() ? begin + 512 : page + PAGE, (byte) 0);
            }
            case 4 -> {
                // Pages are read whole.
                note(segment, page, "cut");
                wal.put(segment, Arrays.copyOf(content, at));
            }
            default -> {
                note(segment, page, "page of elsewhere");
                int other = random.nextInt(content.length) & -PAGE;
                System.arraycopy(content, other, content, page, PAGE);
            }
        }
    }

    private void flipRecordHeader() {
        WalRecord record = records.get(random.nextInt(records.size()));
        WalSegmentName segment = segments.stream()
                .filter(name ->
                        !record.begin().isBefore(name.begin()) && record.begin().isBefore(name.end()))
                .findFirst()
                .orElseThrow();
        int inSegment = (int) record.begin().minus(segment.begin());
        flip(segment, Math.min(inSegment + random.nextInt(24), (inSegment | (PAGE - 1))), "record header");
    }

    private void flip(WalSegmentName segment, int at, String what) {
        note(segment, at, what);
        wal.content(segment)[at] ^= (byte) (1 + random.nextInt(255));
    }

    private void note(WalSegmentName segment, int at, String what) {
        position = segment.begin().plus(at);
        kind = what;
    }

    @Override
    public String toString() {
        return kind + " at " + position;
    }
}
