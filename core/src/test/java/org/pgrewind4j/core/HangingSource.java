package org.pgrewind4j.core;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.pgrewind4j.transport.FileRange;
import org.pgrewind4j.transport.RangeReceiver;
import org.pgrewind4j.transport.Transport;

/** A source that answers all questions, but sends no file: it waits until it is interrupted. */
final class HangingSource extends PassingSource {

    private final Runnable whenItHangs;

    HangingSource(Transport source, Runnable whenItHangs) {
        super(source);
        this.whenItHangs = whenItHangs;
    }

    @Override
    public void fetch(List<FileRange> ranges, RangeReceiver receiver) throws IOException {
        Thread other = new Thread(whenItHangs);
        other.start();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
