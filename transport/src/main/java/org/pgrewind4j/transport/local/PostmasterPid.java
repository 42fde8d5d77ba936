package org.pgrewind4j.transport.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pgrewind4j.transport.DataPath;

/**
 * What {@code postmaster.pid} says about the server that works, or worked, on a data directory (PostgreSQL:
 * {@code src/include/utils/pidfile.h}, and {@code CreateLockFile} in {@code src/backend/utils/init/miscinit.c} for how
 * a starting server judges it).
 *
 * <table>
 * <caption>Lines</caption>
 * <tr><th>line</th><th>content</th></tr>
 * <tr><td>1</td><td>process id; negative for a server in single-user mode</td></tr>
 * <tr><td>2</td><td>data directory</td></tr>
 * <tr><td>3</td><td>start time, seconds since 1970</td></tr>
 * <tr><td>4</td><td>port</td></tr>
 * <tr><td>5, 6</td><td>socket directory, address; may be empty or missing</td></tr>
 * <tr><td>7</td><td>key and id of the shared memory segment; missing while a server starts</td></tr>
 * <tr><td>8</td><td>status; from 10 on, missing while a server starts</td></tr>
 * </table>
 *
 * <p>The file stays behind when a server is killed or the machine goes down, and process ids are given out again, so
 * its existence proves nothing. {@link #signOfLife} weighs it as a starting server does.
 *
 * @param processId the process; empty if the file's first line is not a number, or the file is empty
 * @param port where the server listens; empty if it is not there
 * @param sharedMemory the id of its shared memory segment; empty if it is not there
 */
public record PostmasterPid(OptionalLong processId, OptionalInt port, OptionalInt sharedMemory) {

    /** The file's name in a data directory. */
    public static final DataPath PATH = DataPath.of("postmaster.pid");

    private static final int PROCESS_LINE = 0;
    private static final int PORT_LINE = 3;
    private static final int SHARED_MEMORY_LINE = 6;

    /** A file of this kind has eight short lines; what is longer is something else. */
    private static final int LONGEST = 16 * 1024;

    /**
     * Reads the file of a data directory.
     *
     * @param dataDirectory a local data directory
     * @return what it says; empty if there is no such file
     * @throws IOException if it cannot be read
     */
    public static Optional<PostmasterPid> read(Path dataDirectory) throws IOException {
        try (var file = Files.newInputStream(PATH.in(dataDirectory))) {
            return Optional.of(parse(new String(file.readNBytes(LONGEST), StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    static PostmasterPid parse(String text) {
        List<String> lines = text.lines().toList();
        OptionalLong process = number(lines, PROCESS_LINE);
        OptionalLong port = number(lines, PORT_LINE);
        OptionalLong sharedMemory = secondNumber(lines, SHARED_MEMORY_LINE);
        return new PostmasterPid(
                process.isPresent() && process.getAsLong() != 0
                        ? OptionalLong.of(Math.abs(process.getAsLong()))
                        : OptionalLong.empty(),
                inRange(port, 1, 65_535),
                inRange(sharedMemory, 0, Integer.MAX_VALUE));
    }

    private static OptionalLong number(List<String> lines, int line) {
        return line < lines.size() ? number(lines.get(line).strip()) : OptionalLong.empty();
    }

    private static OptionalLong secondNumber(List<String> lines, int line) {
        if (line >= lines.size()) {
            return OptionalLong.empty();
        }
        String[] words = lines.get(line).strip().split("\\s+", -1);
        return words.length == 2 ? number(words[1]) : OptionalLong.empty();
    }

    private static OptionalLong number(String text) {
        // Ten digits hold every process id and port, and cannot overflow.
        return text.matches("-?[0-9]{1,10}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static OptionalInt inRange(OptionalLong number, int least, int greatest) {
        return number.isPresent() && number.getAsLong() >= least && number.getAsLong() <= greatest
                ? OptionalInt.of((int) number.getAsLong())
                : OptionalInt.empty();
    }

    /**
     * Looks for anything that says that a server works on the directory. As PostgreSQL does:
     *
     * <ul>
     *   <li>a file without a process id is a server that is just starting, or a crash at that moment: taken for a
     *       server;
     *   <li>the process exists, and is not this process, its parent or its grandparent: those cannot be the server,
     *       they got the id of one that ended, as happens after a container or a machine starts again;
     *   <li>the shared memory segment has processes attached to it: the server is gone, but some of its backends are
     *       still there (looked at where the system shows it in {@code /proc/sysvipc/shm}).
     * </ul>
     *
     * @return what was found, in words for a message; empty if no server works there
     */
    public Optional<String> signOfLife() {
        if (processId.isEmpty()) {
            return Optional.of("it holds no process id, as that of a server that is just starting");
        }
        long process = processId.getAsLong();
        if (!isThisProcessOrAncestor(process)
                && ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false)) {
            return Optional.of("process " + process + " is alive");
        }
        if (sharedMemory.isPresent()) {
            int attached = SharedMemory.attachedProcesses(sharedMemory.getAsInt());
            if (attached > 0) {
                return Optional.of("process " + process + " is gone, but shared memory segment "
                        + sharedMemory.getAsInt() + " is used by " + attached + " others");
            }
        }
        return Optional.empty();
    }

    private static boolean isThisProcessOrAncestor(long process) {
        Optional<ProcessHandle> candidate = Optional.of(ProcessHandle.current());
        for (int generation = 0; generation < 3 && candidate.isPresent(); generation++) {
            if (candidate.get().pid() == process) {
                return true;
            }
            candidate = candidate.get().parent();
        }
        return false;
    }
}
