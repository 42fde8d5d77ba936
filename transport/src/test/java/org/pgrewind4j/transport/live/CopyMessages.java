package org.pgrewind4j.transport.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.postgresql.copy.CopyOut;

/** What a server sends as the result of a {@code COPY}. */
final class CopyMessages {

    private CopyMessages() {}

    static CopyOut of(byte[]... messages) {
        return of(new ArrayDeque<>(List.of(messages)));
    }

    private static CopyOut of(Deque<byte[]> left) {
        return (CopyOut) Proxy.newProxyInstance(
                CopyMessages.class.getClassLoader(), new Class<?>[] {CopyOut.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("readFromCopy");
                    return left.poll();
                });
    }

    /** Cuts bytes of a fuzzer into messages: each has its length, of two bytes, before it. */
    static CopyOut cut(byte[] bytes) {
        Deque<byte[]> messages = new ArrayDeque<>();
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.remaining() >= 2) {
            byte[] message = new byte[Math.min(Short.toUnsignedInt(left.getShort()), left.remaining())];
            left.get(message);
            messages.add(message);
        }
        return of(messages);
    }
}
