package org.pgrewind4j.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.timeline.TimelineHistory;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.PostgresVersion;
import org.pgrewind4j.wal.WalSegmentSource;
import org.pgrewind4j.wal.control.ControlFile;

/**
 * Where the bytes of the new primary come from. This page is the contract; {@code TransportContractTest}, in the tests'
 * jar of this module, holds one test for each of its clauses and can be inherited by any implementation.
 *
 * <p><b>What is read.</b> One data directory, by paths relative to it. Nothing is ever written to the source, and
 * nothing is kept of it but what the calls return.
 *
 * <p><b>When it is read.</b> Each call sees the files as they are while it runs; two calls, or two pieces of one, may
 * see different states, unless the {@link #mode} is {@link SourceMode#STOPPED}. A running source's files appear, grow,
 * shrink and go away meanwhile; each method says what that means, and none of it is an error by itself. A page may be
 * torn: half of it older than the other half.
 *
 * <p><b>What is believed.</b> Nothing: sizes, names, link targets and contents come from a machine that may be broken
 * or hostile. Every path is a valid {@link DataPath} (else {@link UnsafePathException}), no memory is allocated by a
 * length that the source gave, and a source that sends more than it was asked for is an {@link IOException}.
 *
 * <p><b>Memory.</b> Bounded by a constant of the implementation, whatever the number and size of files and ranges.
 *
 * <p><b>Round trips.</b> One call costs a number of round trips that does not depend on the number of files, except
 * that {@code fetch} and {@code different} may ask in large batches.
 *
 * <p><b>Errors.</b> {@link IOException} when the source cannot be read, its message naming the source and, where there
 * is one, the path; {@link IllegalArgumentException} and {@link NullPointerException} for what the caller did wrong,
 * before anything is read. After an error the transport stays usable where the source is; a call never hands out bytes
 * that belong to something else.
 *
 * <p><b>Threads.</b> All methods may be called by several threads at once; calls may wait for each other. Callbacks
 * run on the thread that made the call, and may call the transport again.
 *
 * <p><b>Interrupts and time.</b> A call made by an interrupted thread, or interrupted while it runs, ends soon with
 * {@link InterruptedIOException}, the thread's interrupt status set, and harms neither the transport nor calls of
 * other threads. No call waits for another machine without a limit of time.
 *
 * <p><b>Closing.</b> {@link #close} may be called from any thread, any number of times. Calls under way end soon with
 * an {@link IOException}; later calls, and those of the WAL source that {@link #wal} gave, throw
 * {@link IllegalStateException}. {@link #description} keeps working.
 */
public interface Transport extends Closeable {

    /**
     * Names the source in messages.
     *
     * @return a path or a host and port; never a password or another secret
     */
    String description();

    /**
     * Says what the source is at this moment.
     *
     * @return {@code STOPPED} for a directory on which no server is meant to work; whether one does is among the
     *     {@link #problems}
     * @throws IOException if the source cannot be read
     */
    SourceMode mode() throws IOException;

    /**
     * Looks for everything in the source's present state that forbids copying from it, except what a reader of the
     * control file can see as well in any source: its release, its sizes, its identity.
     *
     * @return one entry for each rule that is broken, in no order; empty if there is none
     * @throws IOException if the source cannot be read; never because of such a problem
     */
    List<SourceProblem> problems() throws IOException;

    /**
     * Whether a place of this source and a local directory are one and the same, as they can be on one machine only:
     * what is written there is written to the source.
     *
     * <p>This implementation, for sources whose files are not on this machine, says no.
     *
     * @param place a directory of the source, or a link that is followed
     * @param directory a directory on this machine, which need not exist
     * @return true if both lead to the same directory
     * @throws IOException if it cannot be told
     */
    default boolean isSame(DataPath place, Path directory) throws IOException {
        return false;
    }

    /**
     * Reads the control file as it is now. A running server writes it in place, so it is read
     * again, a bounded number of times, while its checksum is wrong.
     *
     * <p>This implementation calls {@link #read}.
     *
     * @return the control file
     * @throws NoSuchFileException if there is none
     * @throws IOException if it cannot be read
     * @throws org.pgrewind4j.timeline.PgRewindException if what was read is not the control file of a release that the
     *     library knows, or its checksum stays wrong
     */
    default ControlFile controlFile() throws IOException {
        return ControlFileReader.read(this);
    }

    /**
     * Reads what the source knows of a timeline: its history file, which a server has for the timeline that it is on
     * and for others that it has heard of. The first timeline has none.
     *
     * <p>This implementation calls {@link #read}.
     *
     * @param version the source's release, as its control file tells
     * @param timeline the timeline
     * @return its history; empty if there is no such file
     * @throws IOException if it cannot be read
     * @throws org.pgrewind4j.timeline.PgRewindException if it is malformed
     */
    default Optional<TimelineHistory> history(PostgresVersion version, TimelineId timeline) throws IOException {
        return HistoryFile.read(this, version, timeline);
    }

    /**
     * Lists every file, directory and symbolic link below the data directory, each once; a directory, or a link that is
     * followed, always before what is in it; otherwise in any order. The data directory itself is not listed.
     *
     * <p>Links: {@code pg_tblspc/}OID is reported as {@link SourceFile.Type#SYMLINK} with its target, and what the
     * tablespace holds is listed as if it lay below; an in-place tablespace is a directory. A link at {@code pg_wal}
     * ({@code pg_xlog}) is followed too, and reported as a link by an implementation that can see links, as a directory
     * by others. A link anywhere else is reported and not followed by an implementation that can see links; others
     * report what it leads to.
     *
     * <p>What is not {@linkplain DataPath#isOfCluster of the cluster} is left out, and so is what is neither file,
     * directory nor link: sockets, pipes, devices. What goes away while it is listed may
     * be left out; what appears may be.
     *
     * @param closed directories that are reported, but whose contents are not: those below them need not even be
     *     looked at. Paths that do not exist, or are files, have no effect
     * @param visitor takes each entry
     * @throws UnsafePathException at the first name or link target that is not safe
     * @throws IOException if the source cannot be read, or as thrown by the visitor
     */
    void list(Set<DataPath> closed, SourceFileVisitor visitor) throws IOException;

    /**
     * Reads a small file whole.
     *
     * @param path the file
     * @param maxLength the greatest length in bytes that the caller is ready to take, from 0 on
     * @return its bytes
     * @throws IllegalArgumentException if {@code maxLength} is negative
     * @throws NoSuchFileException if there is no such file; its {@code file()} is the path relative to the data
     *     directory
     * @throws IOException if the file is longer than {@code maxLength}, is not a regular file, or cannot be read
     * @throws UnsafePathException if the path leads through a symbolic link that is not followed in a listing
     */
    byte[] read(DataPath path, int maxLength) throws IOException;

    /**
     * Reads many ranges of files. Those of one file cost least when they follow each other, in ascending order.
     *
     * <p>A range that reaches past its file's end, or begins there, ends early: that is how a file that shrank, or a
     * size that was wrong, shows. A file that grew is not read past the range. A file that is not there, or goes away,
     * is {@link RangeReceiver#vanished}. A path that is not a regular file (any more) is an error.
     *
     * @param ranges what to read; may overlap, repeat, or be of length 0, which asks whether the file is there. Must
     *     not change during the call
     * @param receiver takes the bytes
     * @throws IOException if the source cannot be read, or as thrown by the receiver; what came for ranges that were
     *     not ended is worth nothing
     * @throws UnsafePathException if a path leads through a symbolic link that is not followed in a listing
     */
    void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException;

    /**
     * Compares ranges of files with those of a local data directory, without bringing equal bytes over where the
     * implementation can avoid it. Used where comparing is cheaper than copying; an equal answer is final, so it must
     * be right (a hash of at least 128 bits counts as right).
     *
     * @param ranges what to compare: in each file, the bytes from the offset to the range's or the file's end,
     *     whichever comes first
     * @param directory the local data directory, which the same paths are looked up in
     * @return the indexes of the ranges that differ: in a byte, in length, or because the file is missing on one side
     *     or both
     * @throws IOException if either side cannot be read
     * @throws UnsafePathException if a path leads through a symbolic link that is not followed in a listing, on
     *     either side
     */
    BitSet different(List<FileRange> ranges, Path directory) throws IOException;

    /**
     * Gives the WAL segments that lie in the source's own {@code pg_wal} ({@code pg_xlog}).
     *
     * @return a source of segments which lives as long as this transport; a segment that is not there is an empty
     *     answer
     */
    WalSegmentSource wal();

    /**
     * Asks the source to keep its WAL until it has been copied. Whether it does is its own affair: the answer says
     * which part stays.
     *
     * <p>This implementation asks for nothing: all WAL of a stopped source stays, and none of a running one need.
     *
     * @return what is kept, until it is closed, at the latest with this transport
     * @throws IOException if the source cannot be read
     */
    default RetainedWal retainWal() throws IOException {
        return RetainedWal.without(mode() == SourceMode.STOPPED ? Lsn.INVALID : Lsn.MAX);
    }

    /**
     * Asks the source to keep its WAL from some position on, which can lie before what it would keep for {@link #retainWal()}.
     *
     * <p>This implementation does the same as for that.
     *
     * @param wanted the begin of the first segment that will be copied
     * @return what is kept, until it is closed, at the latest with this transport
     * @throws IOException if the source cannot be read
     */
    default RetainedWal retainWal(Lsn wanted) throws IOException {
        return retainWal();
    }

    /**
     * Says how far a target must replay. To be asked after the last byte was fetched, since the answer covers what was
     * copied before the question only.
     *
     * <p>Stopped: the source's last checkpoint, or its minimum recovery point where that is later. Running primary: the
     * end of the last record that is flushed to its disk. Running standby: its minimum recovery point.
     *
     * @return the position, and the control file as it is at this moment
     * @throws SourceChangedException if the source is {@link SourceMode#STOPPED} and its control file is not the one
     *     that was there when the transport was opened, or a running source is on another timeline or in another mode
     *     than when the transport was opened: what was copied is worth nothing
     * @throws IOException if the source cannot be read
     * @throws org.pgrewind4j.timeline.PgRewindException as {@link #controlFile} does
     */
    ReplayEnd replayEnd() throws IOException;

    /** Ends all work and gives back what the transport holds. Repeated calls do nothing. */
    @Override
    void close() throws IOException;
}
