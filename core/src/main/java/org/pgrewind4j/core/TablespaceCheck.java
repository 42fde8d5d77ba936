package org.pgrewind4j.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgrewind4j.core.FileAction.CreateTablespaceLink;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.wal.ControlFile;
import org.pgrewind4j.wal.ResourceManager;
import org.pgrewind4j.wal.WalReader;
import org.pgrewind4j.wal.WalRecord;

/**
 * Proves that tablespaces stay where they are mapped to. Replay of a {@code CREATE TABLESPACE} puts the link back to the
 * location that the record names, whatever was there ({@code src/backend/commands/tablespace.c},
 * {@code create_tablespace_directories}): on the source's own machine two servers would then share the files.
 */
final class TablespaceCheck implements StagedDataCheck {

    /** PostgreSQL: {@code src/include/commands/tablespace.h}, {@code XLOG_TBLSPC_CREATE}. */
    private static final int CREATE = 0x00;

    private static final int KIND_MASK = 0xF0;

    private final Settings settings;
    private final RewindFacts facts;
    private final List<FileAction> actions;

    TablespaceCheck(Settings settings, RewindFacts facts, List<FileAction> actions) {
        this.settings = settings;
        this.facts = facts;
        this.actions = actions;
    }

    /**
     * Looks for the creation of mapped tablespaces in the source's WAL. Reads it only if there are such tablespaces.
     *
     * @throws PgRewindException if replay would undo the mapping
     */
    @Override
    public Result check(StagedData staged) throws IOException {
        Map<String, String> mapped = new HashMap<>();
        for (FileAction action : actions) {
            if (action instanceof CreateTablespaceLink link
                    && settings.tablespaces().isMappedTo(link.location())) {
                mapped.put(link.path().fileName(), link.location());
            }
        }
        if (mapped.isEmpty()) {
            return Result.HOLDS;
        }
        ControlFile target = facts.targetControl();
        try (WalReader reader = WalReader.open(
                        staged.wal(),
                        target.version(),
                        target.walSegmentSize(),
                        facts.source().history(),
                        facts.divergence().position())
                .until(staged.end().lsn())) {
            for (Optional<WalRecord> record = reader.next(); record.isPresent(); record = reader.next()) {
                check(record.get(), mapped);
            }
        }
        return Result.HOLDS;
    }

    private static void check(WalRecord record, Map<String, String> mapped) {
        if (record.resourceManager() != ResourceManager.TABLESPACE || (record.info() & KIND_MASK) != CREATE) {
            return;
        }
        ByteBuffer data = record.mainData();
        String tablespace = Integer.toUnsignedString(data.getInt());
        byte[] path = new byte[data.remaining()];
        data.get(path);
        String location = new String(path, StandardCharsets.UTF_8).replaceAll("\0.*", "");
        String wanted = mapped.get(tablespace);
        if (wanted != null && !wanted.equals(location)) {
            throw new PgRewindException(PgRewindException.withHint(
                    "tablespace %s was created at %s in \"%s\": replay creates it there again, and not in \"%s\""
                            .formatted(tablespace, record.begin(), location, wanted),
                    "rewind without mapping it, where that directory is free; or drop the tablespace on the source."));
        }
    }
}
