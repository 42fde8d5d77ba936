package org.pgrewind4j.transport.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who uses a System V shared memory segment, as Linux shows it in {@code /proc/sysvipc/shm}: a line of column names, then
 * one line of numbers for each segment. A postmaster that was killed leaves its backends attached to it for a while, and
 * they may still write.
 */
final class SharedMemory {

    private static final Path TABLE = Path.of("/proc/sysvipc/shm");

    private SharedMemory() {}

    /** How many processes are attached; 0 if the segment does not exist or the system does not tell. */
    static int attachedProcesses(int id) {
        try {
            return attachedProcesses(Files.readAllLines(TABLE, StandardCharsets.UTF_8), id);
        } catch (IOException e) {
            // Not a Linux: then the process id alone decides, as everywhere else in this check.
            return 0;
        }
    }

    static int attachedProcesses(List<String> table, int id) {
        if (table.isEmpty()) {
            return 0;
        }
        List<String> names = columns(table.get(0));
        int idColumn = names.indexOf("shmid");
        int attachedColumn = names.indexOf("nattch");
        if (idColumn < 0 || attachedColumn < 0) {
            return 0;
        }
        return table.stream()
                .skip(1)
                .map(SharedMemory::columns)
                .filter(row -> row.size() == names.size())
                .filter(row -> row.get(idColumn).equals(Integer.toString(id)))
                .mapToInt(row -> Integer.parseInt(row.get(attachedColumn)))
                .findFirst()
                .orElse(0);
    }

    private static List<String> columns(String line) {
        return List.of(line.strip().split("\\s+", -1));
    }
}
