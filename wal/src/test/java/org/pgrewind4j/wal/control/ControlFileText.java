package org.pgrewind4j.wal.control;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgrewind4j.timeline.TimelineId;
import org.pgrewind4j.wal.WalSegmentName;

/** Prints a control file of release 15 as that release's {@code pg_controldata} does in the C locale, in UTC. */
final class ControlFileText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

    private final ControlFile file;
    private final List<String> lines = new ArrayList<>();

    private ControlFileText(ControlFile file) {
        this.file = file;
    }

    static List<String> lines(ControlFile file) {
        ControlFileText text = new ControlFileText(file);
        text.cluster();
        text.checkPoint();
        text.recovery();
        text.settings();
        text.format();
        return text.lines;
    }

    private void cluster() {
        line("pg_control version number", file.version().controlVersion());
        line("Catalog version number", file.version().catalogVersion());
        line("Database system identifier", Long.toUnsignedString(file.systemIdentifier()));
        line("Database cluster state", file.state().description());
        line("pg_control last modified", time(file.time()));
    }

    private void checkPoint() {
        CheckPoint copy = file.checkPointCopy();
        line("Latest checkpoint location", file.checkPoint());
        line("Latest checkpoint's REDO location", copy.redo());
        line(
                "Latest checkpoint's REDO WAL file",
                WalSegmentName.containing(copy.timeline(), copy.redo(), file.walSegmentSize())
                        .fileName());
        line("Latest checkpoint's TimeLineID", copy.timeline());
        line("Latest checkpoint's PrevTimeLineID", copy.previousTimeline());
        line("Latest checkpoint's full_page_writes", onOff(copy.fullPageWrites()));
        line("Latest checkpoint's NextXID", xid(copy.nextXid()));
        line("Latest checkpoint's NextOID", unsigned(copy.nextOid()));
        line("Latest checkpoint's NextMultiXactId", unsigned(copy.nextMulti()));
        line("Latest checkpoint's NextMultiOffset", unsigned(copy.nextMultiOffset()));
        line("Latest checkpoint's oldestXID", unsigned(copy.oldestXid()));
        line("Latest checkpoint's oldestXID's DB", unsigned(copy.oldestXidDatabase()));
        line("Latest checkpoint's oldestActiveXID", unsigned(copy.oldestActiveXid()));
        line("Latest checkpoint's oldestMultiXid", unsigned(copy.oldestMulti()));
        line("Latest checkpoint's oldestMulti's DB", unsigned(copy.oldestMultiDatabase()));
        line("Latest checkpoint's oldestCommitTsXid", unsigned(copy.oldestCommitTimestampXid()));
        line("Latest checkpoint's newestCommitTsXid", unsigned(copy.newestCommitTimestampXid()));
        line("Time of latest checkpoint", time(copy.time()));
    }

    private void recovery() {
        line("Fake LSN counter for unlogged rels", file.unloggedLsn());
        line("Minimum recovery ending location", file.minRecoveryPoint());
        line(
                "Min recovery ending loc's timeline",
                file.minRecoveryPointTimeline().map(TimelineId::toString).orElse("0"));
        line("Backup start location", file.backupStartPoint());
        line("Backup end location", file.backupEndPoint());
        line("End-of-backup record required", file.backupEndRequired() ? "yes" : "no");
    }

    private void settings() {
        ServerSettings settings = file.settings();
        line("wal_level setting", settings.walLevel());
        line("wal_log_hints setting", onOff(settings.walLogHints()));
        line("max_connections setting", settings.maxConnections());
        line("max_worker_processes setting", settings.maxWorkerProcesses());
        line("max_wal_senders setting", String.valueOf(settings.maxWalSenders()));
        line("max_prepared_xacts setting", settings.maxPreparedTransactions());
        line("max_locks_per_xact setting", settings.maxLocksPerTransaction());
        line("track_commit_timestamp setting", onOff(settings.trackCommitTimestamp()));
    }

    private void format() {
        ClusterFormat format = file.format();
        line("Maximum data alignment", format.maxAlignment());
        line("Database block size", format.blockSize());
        line("Blocks per segment of large relation", format.relationSegmentBlocks());
        line("WAL block size", format.walBlockSize());
        line("Bytes per WAL segment", format.walSegmentSize());
        line("Maximum length of identifiers", format.identifierLength());
        line("Maximum columns in an index", format.indexColumns());
        line("Maximum size of a TOAST chunk", format.toastChunkSize());
        line("Size of a large-object chunk", format.largeObjectChunkSize());
        line("Date/time type storage", format.integerDatetimes() ? "64-bit integers" : "floating-point numbers");
        line("Float8 argument passing", format.float8ByValue() ? "by value" : "by reference");
        line("Data page checksum version", format.dataChecksumVersion());
        line("Mock authentication nonce", file.mockAuthenticationNonce().orElseThrow());
    }

    /** Values begin in column 39 at the earliest. */
    private void line(String name, Object value) {
        lines.add("%-38s%s".formatted(name + ":", value));
    }

    private static String onOff(boolean value) {
        return value ? "on" : "off";
    }

    private static String unsigned(int value) {
        return Integer.toUnsignedString(value);
    }

    private static String xid(long full) {
        return (full >>> 32) + ":" + unsigned((int) full);
    }

    private static String time(Instant time) {
        return TIME.format(time.atOffset(ZoneOffset.UTC));
    }
}
