package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.pgrewind4j.core.Problem;
import org.pgrewind4j.core.Problem.Kind;
import org.pgrewind4j.core.RewindRefusedException;
import org.pgrewind4j.core.internal.rewind.evidence.RewindEvidence;
import org.pgrewind4j.core.internal.stage.FetchedFile;
import org.pgrewind4j.core.internal.stage.StagedDataCheck;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.wal.record.ResourceManager;
import org.pgrewind4j.wal.record.WalReader;
import org.pgrewind4j.wal.record.WalRecord;

/**
 * Leaves out the states of prepared transactions that the source was writing while they were listed or read.
 *
 * <p>Such a file is written under its own name, not beside it and renamed
 * ({@code src/backend/access/transam/twophase.c}, {@code RecreateTwoPhaseFile}): a reader can find it empty, or cut. From
 * 12 on a server does not start with such a file, and before it loses the transaction ({@code ReadTwoPhaseFile}).
 *
 * <p>The file is not needed, for replay makes the state by the PREPARE record. Before it is complete, the checkpoint or
 * restartpoint that writes it ({@code CheckPointTwoPhase}) is not complete either, so that the source's control file still
 * names the one before. That one would have written the file if the record lay before its redo point: a transaction is
 * valid before a checkpoint that comes after its record goes on ({@code EndPrepare}, {@code DELAY_CHKPT_START}). So the record
 * lies behind that redo point, and replay starts there or earlier; it was flushed before, so that it lies before F. In 9.6
 * replay itself writes the file ({@code xact_redo}), from a record that is behind the redo point of the restartpoint for the
 * same reason.
 *
 * <p>The record is looked for nevertheless: a file that is not whole, and has no record, is damaged.
 *
 * <p>The other files that a server writes in place are the relation map before 16, the pages of SLRUs and of relations, the
 * control file, which is read again until its CRC is right, and those of a database's directory that is being made; for
 * these see section 5 of {@code CORRECTNESS.md}. All others are written beside their place and renamed
 * ({@code durable_rename}), or excluded.
 */
public final class PreparedStates implements StagedDataCheck {

    /** Eight digits up to 16, then sixteen: an epoch before the transaction's id. */
    private static final Pattern STATE = Pattern.compile("pg_twophase/(?:[0-9A-F]{8})?[0-9A-F]{8}");

    private static final int ID_DIGITS = 8;
    private static final int TOTAL_LENGTH = 4;
    private static final int CRC = 4;
    private static final int SMALLEST = TOTAL_LENGTH + 4 + CRC;

    private static final int KIND_MASK = 0x70;
    private static final int PREPARE = 0x10;

    private final RewindEvidence facts;

    public PreparedStates(RewindEvidence facts) {
        this.facts = facts;
    }

    /** Whether a path is that of a prepared transaction's state. */
    public static boolean contain(DataPath path) {
        return STATE.matcher(path.toString()).matches();
    }

    @Override
    public Result check(StagedData staged) throws IOException {
        List<FetchedFile> unfinished = new ArrayList<>();
        for (FetchedFile copy : staged.copies()) {
            if (contain(copy.path()) && !copy.isVanished() && !isWhole(Files.readAllBytes(copy.file()))) {
                unfinished.add(copy);
            }
        }
        if (!unfinished.isEmpty()) {
            Set<Long> prepared = prepared(staged);
            List<Problem> damaged = unfinished.stream()
                    .filter(copy -> !prepared.contains(transaction(copy.path())))
                    .map(copy -> damaged(copy.path()))
                    .toList();
            if (!damaged.isEmpty()) {
                throw new RewindRefusedException(damaged);
            }
            unfinished.forEach(FetchedFile::markVanished);
        }
        return Result.HOLDS;
    }

    /** Length and CRC-32C of all before it, as {@code ReadTwoPhaseFile} has them. */
    static boolean isWhole(byte[] state) {
        if (state.length < SMALLEST) {
            return false;
        }
        ByteBuffer content = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(state, 0, state.length - CRC);
        return content.getInt(TOTAL_LENGTH) == state.length
                && content.getInt(state.length - CRC) == (int) crc.getValue();
    }

    private static long transaction(DataPath path) {
        String name = path.fileName();
        return Long.parseLong(name.substring(name.length() - ID_DIGITS), 16);
    }

    /** The transactions whose PREPARE replay comes to, as far as its WAL is here. */
    private Set<Long> prepared(StagedData staged) throws IOException {
        Set<Long> prepared = new HashSet<>();
        try (WalReader reader = WalReader.open(
                        staged.wal(),
                        facts.targetControl().version(),
                        facts.targetControl().walSegmentSize(),
                        facts.source().history(),
                        facts.start().redo())
                .until(staged.end().lsn())) {
            for (Optional<WalRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                WalRecord record = next.get();
                if (record.resourceManager().equals(ResourceManager.TRANSACTION)
                        && (record.info() & KIND_MASK) == PREPARE) {
                    prepared.add(record.xid());
                }
            }
        }
        return prepared;
    }

    private static Problem damaged(DataPath path) {
        return new Problem(
                Kind.SOURCE_UNUSABLE,
                "\"" + path + "\" of the source is not whole, and the WAL that replay reads does not hold the PREPARE"
                        + " TRANSACTION that would write it again",
                "run a CHECKPOINT on the source and plan again; if that does not help, the file is damaged: commit or roll"
                        + " back that transaction while the source's server still knows it.");
    }
}
