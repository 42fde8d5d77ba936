package org.pgrewind4j.core.internal.area;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgrewind4j.core.CopiedBytes;
import org.pgrewind4j.core.FileAction;
import org.pgrewind4j.timeline.Divergence;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.DataPath;

/**
 * What a sealed staging area holds and what is to be done with it: all that the apply step needs.
 *
 * @param targetControlFile {@link #fingerprint} of the target's control file when the area was sealed; a target whose
 *     control file has another one was started since, and must not be touched
 * @param points where the histories part, if they do, and from where to where replay must go
 * @param copied how many bytes come from the source
 * @param places where staging directories lie, as in {@link StagingArea#places}
 * @param steps what to do, in order
 * @param restored the backup that a restore makes of the target; null for a rewind
 */
public record Manifest(
        String targetControlFile,
        ReplayPoints points,
        CopiedBytes copied,
        List<String> places,
        List<Step> steps,
        @Nullable RestoredBackup restored) {

    /** What {@link #fingerprint} gives of a control file that is not there: it is longer than this for any other. */
    public static final String NO_CONTROL_FILE = "none";

    public Manifest {
        places = List.copyOf(places);
        steps = List.copyOf(steps);
    }

    /** What a rewind seals. */
    Manifest(String targetControlFile, ReplayPoints points, CopiedBytes copied, List<String> places, List<Step> steps) {
        this(targetControlFile, points, copied, places, steps, null);
    }

    /** Tells a control file that may be missing from others. */
    public static String fingerprint(Path controlFile) throws IOException {
        return StagingArea.isThere(controlFile) ? fingerprint(Files.readAllBytes(controlFile)) : NO_CONTROL_FILE;
    }

    /**
     * Tells control files apart. A CRC-32C cannot: a control file holds that of its own content, which makes it the same
     * for all of them.
     *
     * @return SHA-256, in hexadecimal digits
     */
    public static String fingerprint(byte[] controlFile) {
        return Hashing.sha256().hashBytes(controlFile).toString();
    }

    /** The same of other steps. */
    public Manifest with(List<Step> others) {
        return new Manifest(targetControlFile, points, copied, places, others, restored);
    }

    public long bytes() {
        return steps.stream().mapToLong(Step::bytes).sum();
    }

    /**
     * The positions of a rewind.
     *
     * @param divergence where the histories part; null where the target's was of no matter
     * @param redo where replay starts
     * @param end where it must arrive
     */
    public record ReplayPoints(@Nullable Divergence divergence, Lsn redo, Lsn end) {}

    /** One thing to do. Doing it twice is as good as doing it once. */
    public sealed interface Step {
        DataPath path();

        default long bytes() {
            return 0;
        }
    }

    /** Something that needs no staged data. */
    public record Plain(FileAction action) implements Step {
        @Override
        public DataPath path() {
            return action.path();
        }
    }

    /**
     * A whole file, staged as a file of its own.
     *
     * @param path where it belongs
     * @param size its size in bytes
     * @param crc CRC-32C of its content
     * @param place the place that it is staged in
     * @param name its name there
     */
    public record WholeFile(DataPath path, long size, int crc, String place, String name) implements Step {
        @Override
        public long bytes() {
            return size;
        }
    }

    /**
     * Parts of a file, staged in the place's {@link StagingArea#BLOCKS}.
     *
     * @param path the file
     * @param finalSize the size that it gets
     * @param place the place that the parts are staged in
     * @param pieces the parts in ascending order
     */
    public record Parts(DataPath path, long finalSize, String place, List<Piece> pieces) implements Step {
        public Parts {
            pieces = List.copyOf(pieces);
        }

        @Override
        public long bytes() {
            return pieces.stream().mapToLong(Piece::length).sum();
        }

        /** The pieces that are still to be put in place. */
        public List<Piece> staged() {
            return pieces.stream().filter(piece -> !piece.isInPlace()).toList();
        }

        /** Both in one: of a file that was written in place as far as it reached, and is staged from there on. */
        public Parts and(Parts behind) {
            List<Piece> all = new ArrayList<>(pieces);
            all.addAll(behind.pieces);
            return new Parts(path, Math.min(finalSize, behind.finalSize), place, all);
        }
    }

    /**
     * One part of a file. It may lie where it belongs already.
     *
     * @param offset where in the file it belongs, in bytes
     * @param length in bytes
     * @param crc CRC-32C of its content
     * @param staged where in the place's blocks file it lies, or {@link #IN_PLACE}
     */
    public record Piece(long offset, long length, int crc, long staged) {
        /** Stands for a position in the blocks file. */
        public static final long IN_PLACE = -1;

        public boolean isInPlace() {
            return staged == IN_PLACE;
        }
    }
}
