package org.pgrewind4j.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.pgrewind4j.timeline.Lsn;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.RetainedWal;
import org.pgrewind4j.transport.live.LiveServerTransport;

/** A process of its own that rewinds a target to a running server, and stops for good in the middle of what it fetches. */
final class LiveRewindProcess implements AutoCloseable {

    private static final String FETCHING = "FETCHING";

    private final Process process;

    private LiveRewindProcess(Process process) {
        this.process = process;
    }

    static LiveRewindProcess start(Path target, String url) throws IOException {
        return new LiveRewindProcess(
                new ProcessBuilder(JavaProcess.command(LiveRewindProcess.class, target.toString(), url))
                        .redirectErrorStream(true)
                        .start());
    }

    /** Waits until it has what it will ever get; tells all that it said. */
    String awaitFetching() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.equals(FETCHING)) {
                break;
            }
        }
        return said.toString();
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process itself. */
    public static void main(String[] arguments) throws IOException {
        try (LiveServerTransport server =
                LiveServerTransport.ofJdbcUrl(arguments[1], new Properties()).open()) {
            Rewind.of(Path.of(arguments[0]))
                    .from(new StoppingSource(server, LiveRewindProcess::stopForGood))
                    .plan()
                    .execute();
        }
    }

    private static void stopForGood() {
        System.out.println(FETCHING);
        System.out.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Does something when the first bytes of a copy have come, while the server sends more. */
    static final class StoppingSource extends PassingSource {

        /** What is done then. */
        interface Stop {
            void run() throws IOException;
        }

        private final LiveServerTransport server;
        private final Stop stop;

        StoppingSource(LiveServerTransport server, Stop stop) {
            super(server);
            this.server = server;
            this.stop = stop;
        }

        @Override
        public RetainedWal retainWal() throws IOException {
            return server.retainWal();
        }

        @Override
        public RetainedWal retainWal(Lsn wanted) throws IOException {
            return server.retainWal(wanted);
        }

        @Override
        public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
            super.fetch(ranges, new PassingReceiver(receiver) {
                @Override
                public void bytes(int range, long offset, ByteBuffer chunk) throws IOException {
                    super.bytes(range, offset, chunk);
                    stop.run();
                }
            });
        }
    }
}
