package org.pgrewind4j.core.internal.stage;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.internal.area.Manifest;
import org.pgrewind4j.core.internal.area.StagingArea;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.FileRange;

/** One file while its bytes are being staged: what was asked for, where it goes, and what came. */
public final class FetchedFile {

    private final FileAction action;
    private final List<FileRange> ranges;
    private final String place;
    private final String name;

    /** The file that it is written to. */
    private final Path file;

    /** Where in that file each range begins. */
    private final long[] staged;

    private final long[] delivered;

    /** CRC-32C of what was delivered of each range, once it was read again. */
    private int @Nullable [] crcs;

    private boolean vanished;

    private FetchedFile(
            FileAction action, List<FileRange> ranges, String place, String name, Path file, long[] staged) {
        this.action = action;
        this.ranges = ranges;
        this.place = place;
        this.name = name;
        this.file = file;
        this.staged = staged;
        this.delivered = new long[ranges.size()];
    }

    /** A whole file, staged under a name of its own. */
    public static FetchedFile of(CopyFile copy, StagingArea area, String name) {
        return made(copy, copy.size(), area, name);
    }

    /** A whole file that is made of what was staged before. */
    public static FetchedFile made(FileAction action, long size, StagingArea area, String name) {
        String place = area.placeOf(action.path());
        List<FileRange> whole = List.of(new FileRange(action.path(), 0, size));
        return new FetchedFile(action, whole, place, name, area.in(place, name), new long[] {0});
    }

    /** Parts of a file, staged one after the other from a position on in the place's blocks file. */
    static FetchedFile of(CopyRanges copy, StagingArea area, long position) {
        long[] staged = new long[copy.ranges().size()];
        long next = position;
        for (int i = 0; i < staged.length; i++) {
            staged[i] = next;
            next += copy.ranges().get(i).length();
        }
        String place = area.placeOf(copy.path());
        String name = StagingArea.BLOCKS;
        return new FetchedFile(copy, copy.ranges(), place, name, area.in(place, name), staged);
    }

    /** Parts of a file that are not staged but written where they belong. */
    static FetchedFile inPlace(CopyRanges copy, StagingArea area, Path file) {
        long[] offsets = copy.ranges().stream().mapToLong(FileRange::offset).toArray();
        return new FetchedFile(copy, copy.ranges(), area.placeOf(copy.path()), "", file, offsets);
    }

    /** Parts of a file that were staged as they were found. */
    static FetchedFile found(CopyRanges copy, StagingArea area, long[] staged) {
        String place = area.placeOf(copy.path());
        String name = StagingArea.BLOCKS;
        FetchedFile found = new FetchedFile(copy, copy.ranges(), place, name, area.in(place, name), staged);
        for (int i = 0; i < staged.length; i++) {
            found.delivered[i] = copy.ranges().get(i).length();
        }
        return found;
    }

    private boolean isWholeFile() {
        return !(action instanceof CopyRanges);
    }

    boolean isInPlace() {
        return name.isEmpty();
    }

    public DataPath path() {
        return action.path();
    }

    public FileAction action() {
        return action;
    }

    public List<FileRange> ranges() {
        return ranges;
    }

    public Path file() {
        return file;
    }

    /** Where in {@link #file()} a byte of the source's file is. */
    public long stagedAt(int range, long offset) {
        return staged[range] + offset - ranges.get(range).offset();
    }

    public void delivered(int range, long bytes) {
        delivered[range] = bytes;
    }

    public long delivered(int range) {
        return delivered[range];
    }

    /** Takes note that the source's file was found to end here. */
    void cutAt(long size) {
        for (int i = 0; i < delivered.length; i++) {
            delivered[i] =
                    Math.min(delivered[i], Math.max(0, size - ranges.get(i).offset()));
        }
    }

    public void markVanished() {
        vanished = true;
    }

    public boolean isVanished() {
        return vanished;
    }

    /** Whether all came that was asked for. */
    public boolean isWhole() {
        for (int i = 0; i < delivered.length; i++) {
            if (delivered[i] < ranges.get(i).length()) {
                return false;
            }
        }
        return !vanished;
    }

    /**
     * The size that the file gets: the source's as listed or, where a range ended early, the size that it had shrunk
     * to. Replay repeats what cut it.
     */
    long finalSize() {
        long size = action instanceof CopyRanges parts ? parts.finalSize() : Long.MAX_VALUE;
        for (int i = 0; i < delivered.length; i++) {
            FileRange range = ranges.get(i);
            if (delivered[i] < range.length() || isWholeFile()) {
                size = Math.min(size, range.offset() + delivered[i]);
            }
        }
        return size;
    }

    void checked(int[] crcsOfRanges) {
        crcs = crcsOfRanges;
    }

    boolean isChecked() {
        return crcs != null;
    }

    /** What the manifest says of this file, which was {@link #checked}. */
    Manifest.Step step() {
        int[] crcs = requireNonNull(this.crcs);
        if (isWholeFile()) {
            return new Manifest.WholeFile(path(), finalSize(), crcs[0], place, name);
        }
        List<Manifest.Piece> pieces = new ArrayList<>();
        for (int i = 0; i < crcs.length; i++) {
            if (delivered[i] > 0) {
                pieces.add(new Manifest.Piece(
                        ranges.get(i).offset(),
                        delivered[i],
                        crcs[i],
                        isInPlace() ? Manifest.Piece.IN_PLACE : staged[i]));
            }
        }
        return new Manifest.Parts(path(), finalSize(), place, pieces);
    }

    @Override
    public String toString() {
        return action + " " + Arrays.toString(delivered);
    }
}
