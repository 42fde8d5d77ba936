package org.pgrewind4j.core.internal.rewind.rehearsal;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.pgrewind4j.core.FileAction.CopyFile;
import org.pgrewind4j.core.FileAction.CopyRanges;
import org.pgrewind4j.core.internal.cluster.Exclusions;
import org.pgrewind4j.core.internal.cluster.WalFiles;
import org.pgrewind4j.core.internal.stage.FetchedFile;
import org.pgrewind4j.core.internal.stage.StagedDataCheck;
import org.pgrewind4j.timeline.PgRewindException;
import org.pgrewind4j.transport.DataPath;
import org.pgrewind4j.transport.SourceChangedException;
import org.pgrewind4j.transport.SourceFile;
import org.pgrewind4j.transport.SourceMode;
import org.pgrewind4j.transport.Transport;

/**
 * Proves that the files of a stopped source kept the sizes that were planned with. What a running server does to its files
 * while they are copied is in its WAL, and replay repeats it; a stopped one has no such WAL, so that a file that something else
 * changed would be half old and half new (PostgreSQL: {@code src/bin/pg_rewind/local_source.c}, {@code local_queue_fetch_file}).
 * Lists the source once more, after the last byte was read. WAL is left out: it can come from an archive, and is read record
 * by record.
 */
public record UnchangedFiles(Transport source, WalFiles walFiles) implements StagedDataCheck {

    @Override
    public Result check(StagedData staged) throws IOException {
        if (source.mode() != SourceMode.STOPPED) {
            return Result.HOLDS;
        }
        Map<DataPath, Long> expected = new HashMap<>();
        for (FetchedFile copy : staged.copies()) {
            if (walFiles.contains(copy.path())) {
                continue;
            }
            if (copy.action() instanceof CopyFile whole) {
                expected.put(copy.path(), whole.size());
            } else if (copy.action() instanceof CopyRanges parts) {
                expected.put(copy.path(), parts.finalSize());
            }
        }
        source.list(Exclusions.closedOnSource(), file -> {
            Long size = expected.remove(file.path());
            if (size != null && (file.type() != SourceFile.Type.FILE || file.size() != size)) {
                throw changed(file.path(), size, "found " + file.size());
            }
        });
        for (Map.Entry<DataPath, Long> missing : expected.entrySet()) {
            throw changed(missing.getKey(), missing.getValue(), "it is gone");
        }
        return Result.HOLDS;
    }

    private SourceChangedException changed(DataPath path, long size, String found) {
        return new SourceChangedException(PgRewindException.withHint(
                "file \"" + path + "\" of " + source.description() + " changed while it was copied: expected " + size
                        + " bytes, " + found,
                "let nothing write to the source, and rewind again."));
    }
}
